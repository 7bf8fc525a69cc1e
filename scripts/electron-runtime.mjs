/**
 * Electron's runtime: whether it is there, and fetching it once. Electron's own installer does the
 * same without progress and without giving up; it is used for unpacking what was fetched here.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { downloadArtifact } from '@electron/get';

const require = createRequire(import.meta.url);
const electronFolder = dirname(require.resolve('electron/package.json'));

/** Without a single new byte for this long a download counts as stalled. */
const stalledMs = 8000;

/** The path of Electron's executable; null where the runtime is not there. */
export function electronExecutable() {
  const pathFile = join(electronFolder, 'path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : 'electron';
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(electronFolder, 'dist');
  const executable = join(folder, name);
  return existsSync(executable) ? executable : null;
}

/**
 * Fetches the runtime; false if that failed or stalled. Mirrors, proxies and caches are those of
 * Electron's own installer (`ELECTRON_MIRROR` and the like).
 */
export async function fetchElectron({ onProgress, stallMs = stalledMs }) {
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(), stallMs);
  try {
    await downloadArtifact({
      version: require('electron/package.json').version,
      artifactName: 'electron',
      platform: process.platform,
      arch: process.arch,
      cacheRoot: process.env.electron_config_cache,
      checksums: require('electron/checksums.json'),
      downloadOptions: {
        quiet: true,
        signal: stalled.signal,
        getProgressCallback: ({ percent }) => {
          clearTimeout(timer);
          timer = setTimeout(() => stalled.abort(), stallMs);
          onProgress(percent);
          return Promise.resolve();
        },
      },
    });
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
  return unpack();
}

function unpack() {
  return new Promise((resolve) => {
    const installer = join(electronFolder, 'install.js');
    const child = spawn(process.execPath, [installer], { stdio: 'ignore' });
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
}
