/**
 * Where Moewe keeps what a person has: the same folder for every host, with or without Electron.
 * Electron's own rule for `userData` is computed here (electron.d.ts, `app.getPath`: `appData`
 * joined with the app's name).
 */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The folders and files of one home. */
export interface Home {
  readonly folder: string;
  readonly database: string;
  readonly models: string;
  /** Evaluated states of chats, and whatever else can be made anew. */
  readonly cache: string;
  readonly logs: string;
  /** Says which process holds this home; see `instance-lock.ts`. */
  readonly lock: string;
}

/** The home below `folder`. */
export function homeAt(folder: string): Home {
  const root = resolve(folder);
  return {
    folder: root,
    database: join(root, 'moewe.db'),
    models: join(root, 'models'),
    cache: join(root, 'cache'),
    logs: join(root, 'logs'),
    lock: join(root, 'moewe.lock'),
  };
}

/** The folder where a person's data lies: `MOEWE_HOME`, else the system's place for the app. */
export function defaultHomeFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const { MOEWE_HOME, APPDATA, XDG_CONFIG_HOME } = environment;
  if (MOEWE_HOME) return MOEWE_HOME;
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Moewe');
  if (platform === 'win32')
    return join(nonEmpty(APPDATA) ?? join(homedir(), 'AppData', 'Roaming'), 'Moewe');
  return join(nonEmpty(XDG_CONFIG_HOME) ?? join(homedir(), '.config'), 'Moewe');
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
