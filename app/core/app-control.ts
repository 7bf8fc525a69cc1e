/**
 * Whether the app could open what it keeps, and the way out when it could not: try again, or keep
 * the unreadable database aside and start with an empty one.
 */
import type { AppState } from '../contract/app.ts';
import { errorFactsOf, errorFromFacts, MoeweError } from '../contract/errors.ts';
import type { Core } from './core.ts';
import { setAside } from './database/database.ts';
import { Topic } from './topic.ts';

export class AppControl {
  readonly #open: () => Core;
  readonly #databasePath: string;
  readonly #states = new Topic<AppState>();
  #core: Core | undefined;
  #state: AppState = { state: 'open' };

  /** `open` builds the core; it is called at once and at each new try. */
  constructor(open: () => Core, databasePath: string) {
    this.#open = open;
    this.#databasePath = databasePath;
    this.reopen();
  }

  get core(): Core | undefined {
    return this.#core;
  }

  /** The core, or the reason why there is none. */
  requireCore(): Core {
    if (this.#core) return this.#core;
    if (this.#state.state === 'blocked') throw errorFromFacts(this.#state.error);
    throw new MoeweError('connectionLost', {});
  }

  watch(signal: AbortSignal): AsyncIterable<AppState> {
    return this.#states.follow([this.#state], signal);
  }

  reopen(): AppState {
    if (this.#core) return this.#state;
    try {
      this.#core = this.#open();
      this.#state = { state: 'open' };
    } catch (thrown) {
      this.#state = { state: 'blocked', error: errorFactsOf(thrown) };
    }
    this.#states.publish(this.#state);
    return this.#state;
  }

  /** Only for a database that can't be read: anything else is refused with its own reason. */
  setDatabaseAside(): { keptAs: string } {
    if (this.#state.state !== 'blocked' || this.#state.error.code !== 'databaseDamaged') {
      throw new MoeweError('notOffered', { ability: 'setDatabaseAside' });
    }
    const keptAs = setAside(this.#databasePath, new Date());
    this.reopen();
    return { keptAs };
  }

  async close(): Promise<void> {
    const core = this.#core;
    this.#core = undefined;
    this.#states.end();
    await core?.close();
  }
}
