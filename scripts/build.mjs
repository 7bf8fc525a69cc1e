/** `npm run build`: words, interface, hosts and preload script into `dist/`. */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { compileWords } from './compile-words.mjs';
import { isFresh, sourceStamp, writeStamp } from './freshness.mjs';
import { requireNode } from './require-node.mjs';

/** The folder of package.json. */
export const appFolder = fileURLToPath(new URL('..', import.meta.url));

/** Builds everything. */
export async function buildAll() {
  process.chdir(appFolder);
  const stamp = sourceStamp(appFolder);
  await compileWords();
  const configs = ['vite.hosts.config.ts', 'vite.preload.config.ts', 'renderer/vite.config.ts'];
  for (const configFile of configs) await build({ configFile, logLevel: 'warn' });
  writeStamp(appFolder, stamp);
}

/** Builds what is out of date, and says so. */
export async function buildIfStale() {
  if (isFresh(appFolder)) return;
  console.error('Building …');
  await buildAll();
}

if (import.meta.main) {
  requireNode();
  await (process.argv.includes('--if-stale') ? buildIfStale() : buildAll());
}
