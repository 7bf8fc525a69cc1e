/** Knows whether `dist/` was built from the sources as they are now. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Everything that goes into a build, relative to the folder of package.json. Of the words' project
 * only its settings: compiling writes notes of its own beside them.
 */
const inputs = [
  'app',
  'renderer',
  'messages',
  'project.inlang/settings.json',
  'scripts',
  'package-lock.json',
  'svelte.config.js',
  'vite.hosts.config.ts',
  'vite.preload.config.ts',
];
const generated = join('app', 'words', 'generated');
const stampFile = join('dist', 'built-from.txt');

/** A text that changes whenever a source does: names, sizes and times of change. */
export function sourceStamp(folder) {
  const hash = createHash('sha256');
  for (const path of inputs.flatMap((input) => filesBelow(folder, input)).sort()) {
    const { size, mtimeMs } = statSync(join(folder, path));
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** Whether the build in `folder` is of today's sources. An installed app has no sources. */
export function isFresh(folder) {
  if (!existsSync(join(folder, 'app'))) return true;
  const stamp = join(folder, stampFile);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sourceStamp(folder);
}

/** Remembers what was built. */
export function writeStamp(folder, stamp) {
  mkdirSync(join(folder, 'dist'), { recursive: true });
  writeFileSync(join(folder, stampFile), stamp);
}

function filesBelow(folder, path) {
  if (path === generated || !existsSync(join(folder, path))) return [];
  if (!statSync(join(folder, path)).isDirectory()) return [path];
  return readdirSync(join(folder, path)).flatMap((name) => filesBelow(folder, join(path, name)));
}
