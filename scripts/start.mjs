/**
 * `npm start`: the desktop app where it can run, else the same app in the browser, with one sentence
 * that says why. Never hangs on fetching Electron's runtime.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { appFolder, buildIfStale } from './build.mjs';
import { electronExecutable, fetchElectron } from './electron-runtime.mjs';
import { buildNativeIfPossible } from './native-build.mjs';
import { requireNode } from './require-node.mjs';
import { chooseHost } from './start-choice.mjs';

/** A desktop app that ends within this time, and not by being closed, did not start. */
const startMs = 4000;

requireNode();
await buildIfStale();
await buildNativeIfPossible();
const { m, locale } = await words();
const choice = chooseHost({
  platform: process.platform,
  environment: process.env,
  isRoot: process.getuid?.() === 0,
  words: process.argv.slice(2),
});
const reason = choice.host === 'browser' ? choice.reason : await tryDesktop();
if (reason !== null) await openInBrowser(reason);

/** Runs the desktop app to its end; a reason means that it could not. */
async function tryDesktop() {
  if (electronExecutable() === null) {
    const fetched = await fetchElectron({
      onProgress: (part) =>
        progress(m.start_fetching({ percent: Math.round(part * 100) }, { locale })),
    });
    progress('');
    if (!fetched) return 'start_no_runtime';
  }
  const executable = electronExecutable();
  return executable !== null && (await runDesktop(executable)) ? null : 'start_runtime_ended';
}

function runDesktop(executable) {
  return new Promise((resolve) => {
    const begin = performance.now();
    const child = spawn(executable, [appFolder], { stdio: 'inherit' });
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0 || performance.now() - begin > startMs));
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  });
}

async function openInBrowser(reasonName) {
  const sentence = m[reasonName]({}, { locale });
  console.error(m.start_browser({ reason: sentence }, { locale }));
  const { runCli } = await import('../dist/hosts/cli.mjs');
  process.exitCode = await runCli(appFolder, ['serve', ...serveWords()]);
}

/** What else was given goes to `moewe serve`: `npm start -- --port 8080`. */
function serveWords() {
  return process.argv.slice(2).filter((word) => word !== '--browser');
}

/** A line that the next one replaces; only where somebody watches. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[2K${text}`);
}

async function words() {
  const generated = join(appFolder, 'app', 'words', 'generated', 'messages.js');
  const { LC_ALL, LC_MESSAGES, LANG } = process.env;
  const tag = [LC_ALL, LC_MESSAGES, LANG].find(Boolean) ?? '';
  const messages = await import(`file://${generated}`);
  return { m: messages, locale: tag.toLowerCase().startsWith('de') ? 'de' : 'en' };
}
