/**
 * `npm run dev`: rebuilds on every change and starts the browser host anew at the same address. The
 * page connects again by itself; reload it to get new code.
 */
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { appFolder, buildAll } from './build.mjs';
import { requireNode } from './require-node.mjs';

/** Editors write several files at once. */
const settleMs = 150;
const port = process.env.MOEWE_DEV_PORT ?? '4711';

requireNode();
let host = null;
let timer;
let busy = Promise.resolve();

function rebuildSoon(name) {
  // What the build itself writes is no change.
  if (name?.startsWith('words/generated')) return;
  clearTimeout(timer);
  timer = setTimeout(() => (busy = busy.then(rebuild)), settleMs);
}

async function rebuild() {
  try {
    await buildAll();
  } catch (error) {
    console.error(String(error));
    return;
  }
  if (host) {
    host.kill('SIGTERM');
    await new Promise((resolve) => host.once('exit', resolve));
  }
  const command = join(appFolder, 'bin', 'moewe.mjs');
  host = spawn(process.execPath, [command, 'serve', '--port', port], { stdio: 'inherit' });
}

await rebuild();
for (const folder of ['app', 'renderer', 'messages']) {
  watch(join(appFolder, folder), { recursive: true }, (_, name) => rebuildSoon(name));
}
process.on('SIGINT', () => {
  host?.kill('SIGTERM');
  process.exit(0);
});
