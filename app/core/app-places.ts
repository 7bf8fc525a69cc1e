/** Where the app's own files are, below the folder that it was installed or cloned into. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** The app's files. */
export interface AppPlaces {
  readonly version: string;
  readonly resourcesFolder: string;
  readonly rendererFolder: string;
  readonly preload: string;
  readonly engineEntry: string;
}

const packageFile = z.object({ version: z.string() });

/** The places below `appFolder`, the folder of package.json. */
export function appPlaces(appFolder: string): AppPlaces {
  const text = readFileSync(join(appFolder, 'package.json'), 'utf8');
  return {
    version: packageFile.parse(JSON.parse(text)).version,
    resourcesFolder: join(appFolder, 'resources'),
    rendererFolder: join(appFolder, 'dist', 'renderer'),
    preload: join(appFolder, 'dist', 'preload', 'preload.cjs'),
    engineEntry: join(appFolder, 'dist', 'hosts', 'engine.mjs'),
  };
}
