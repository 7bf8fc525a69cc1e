/** What a host gives to build an assistant. */
import type { StartEngineProcess } from './engine/engine-process.ts';
import type { Home } from './home.ts';
import type { Host } from './host.ts';

export interface AssistantOptions {
  readonly home: Home;
  /** The folder `resources/` of the app: starter model, catalogue. */
  readonly resourcesFolder: string;
  /** Moewe's version. */
  readonly version: string;
  readonly host: Host;
  readonly startEngineProcess: StartEngineProcess;
  /** A fixed number of threads; absent: chosen by measuring. */
  readonly threads?: number | undefined;
  /**
   * True for a host that holds the home's lock: it marks answers that an earlier process left
   * unfinished as interrupted.
   */
  readonly holdsLock: boolean;
  /** True for a host with an interface: the chosen model is loaded before the first question. */
  readonly preloadsModel: boolean;
}
