import { createServer, type RequestListener } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { fetchElectron } from '../../../scripts/electron-runtime.mjs';

/** A mirror on this computer that behaves as told; a cache of its own, so that nothing is known. */
async function mirror(listener: RequestListener): Promise<void> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cache = mkdtempSync(join(tmpdir(), 'moewe-electron-'));
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('ELECTRON_MIRROR', `http://127.0.0.1:${port}/`);
  vi.stubEnv('electron_config_cache', cache);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
    rmSync(cache, { recursive: true, force: true });
  });
}

describe("fetching Electron's runtime", () => {
  it.each<[string, RequestListener]>([
    ['refuses', (_, response) => response.writeHead(404).end()],
    ['never answers', () => undefined],
    [
      'stalls in the middle',
      (_, response) => response.writeHead(200, { 'Content-Length': 1000 }).write('x'.repeat(10)),
    ],
    ['breaks off', (_, response) => response.writeHead(200, { 'Content-Length': 9 }).destroy()],
    ['sends something else', (_, response) => response.end('<html>not a zip</html>')],
  ])('gives up when the mirror %s', async (_, listener) => {
    await mirror(listener);
    const fetching: Promise<unknown> = fetchElectron({ onProgress: () => undefined, stallMs: 300 });
    await expect(fetching).resolves.toBe(false);
  });
});
