/** The app as a whole: whether it could open what it keeps. */
import { z } from 'zod';
import { call, stream } from './call.ts';
import { errorFacts } from './errors.ts';

/** `blocked`: the database could not be opened; nothing was touched and `error` says why. */
export const appState = z.discriminatedUnion('state', [
  z.object({ state: z.literal('open') }),
  z.object({ state: z.literal('blocked'), error: errorFacts }),
]);
export type AppState = z.infer<typeof appState>;

/** What the app is and where it keeps its data. */
export const appAbout = z.object({
  version: z.string(),
  home: z.string(),
  /** The folder whose models are deleted with their file. */
  models: z.string(),
  /** The name of the host, for the page *About*. */
  host: z.enum(['desktop', 'browser', 'terminal']),
});
export type AppAbout = z.infer<typeof appAbout>;

export const appContract = {
  about: call(z.void(), appAbout),
  watch: stream(z.void(), appState),
  /** Keeps the unreadable database under another name and starts with an empty one. */
  setDatabaseAside: call(z.void(), z.object({ keptAs: z.string() })),
  /** Tries again to open the database. */
  reopen: call(z.void(), appState),
} as const;
