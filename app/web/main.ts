/** The browser host's composition root: home, assistant and server put together. */
import { openAssistant } from '../core/assistant.ts';
import { appPlaces } from '../core/app-places.ts';
import { nodeEngineProcess } from '../core/engine/node-engine-process.ts';
import type { Home } from '../core/home.ts';
import { holdHome } from '../core/instance-lock.ts';
import { browserHost } from './browser-host.ts';
import { startServer, type RunningServer } from './server.ts';

/** What a caller may choose. */
export interface BrowserHostOptions {
  /** The folder of package.json. */
  readonly appFolder: string;
  readonly home: Home;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly apiKey?: string | undefined;
  readonly threads?: number | undefined;
}

/**
 * Starts everything and listens. Errors: `alreadyRunning` with the running one's address,
 * `portTaken`, `addressUnusable`, `diskNotWritable`, `diskFull`.
 */
export async function startBrowserHost(options: BrowserHostOptions): Promise<RunningServer> {
  const { appFolder, home, host = '127.0.0.1', port = 0, apiKey, threads } = options;
  const places = appPlaces(appFolder);
  const hold = await holdHome(home, { url: '' });
  const assistant = openAssistant({
    home,
    resourcesFolder: places.resourcesFolder,
    version: places.version,
    host: browserHost,
    startEngineProcess: nodeEngineProcess(places.engineEntry),
    threads,
    holdsLock: true,
    preloadsModel: true,
  });
  const { rendererFolder } = places;
  try {
    const server = await startServer({ assistant, rendererFolder, host, port, apiKey });
    await hold.announce(server.url);
    const close = async () => {
      await server.close();
      await assistant.close();
      await hold.release();
    };
    return { ...server, close };
  } catch (thrown) {
    await assistant.close();
    await hold.release();
    throw thrown;
  }
}
