#!/usr/bin/env node
/**
 * The command `moewe`. Starts under any Node.js: one that is too old hands over to the pinned one
 * that `npm ci` installed. In a checkout whose sources changed it builds first.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const appFolder = fileURLToPath(new URL('..', import.meta.url));
const pinnedNode = join(
  appFolder,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);
const tooOld = Number(process.versions.node.split('.')[0]) < 24;

if (tooOld && existsSync(pinnedNode)) {
  handOver();
} else {
  const { requireNode } = await import('../scripts/require-node.mjs');
  requireNode();
  const { isFresh } = await import('../scripts/freshness.mjs');
  if (!isFresh(appFolder)) {
    const { buildIfStale } = await import('../scripts/build.mjs');
    await buildIfStale();
  }
  const { runCli } = await import('../dist/hosts/cli.mjs');
  process.exitCode = await runCli(appFolder, process.argv.slice(2));
  // An open stdin that nobody reads must not keep the process.
  process.stdin.unref?.();
}

function handOver() {
  const words = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const child = spawn(pinnedNode, words, { stdio: 'inherit' });
  // Ctrl+C reaches both from the terminal; other signals reach only this process.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => {
    if (signal) process.kill(process.pid, signal);
    else process.exitCode = code ?? 1;
  });
}
