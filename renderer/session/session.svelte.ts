/**
 * The connection to the core and everything that is followed over it. A lost connection is opened
 * again by itself, and what was followed is followed anew; what a person typed is not touched.
 */
import { SvelteSet } from 'svelte/reactivity';
import { assistantContract } from '../../app/contract/assistant.ts';
import type { AppAbout, AppState } from '../../app/contract/app.ts';
import { errorFactsOf, MoeweError } from '../../app/contract/errors.ts';
import type { HostCapabilities } from '../../app/contract/host.ts';
import { connect } from '../../app/rpc/connect.ts';
import type { Port } from '../../app/rpc/port.ts';
import { ChatList } from '../chats/chat-list.svelte.ts';
import { ModelShelf } from '../models/model-shelf.svelte.ts';
import { Preferences } from '../settings/preferences.svelte.ts';
import type { Core, CoreAccess } from './core.ts';

/** Waiting times between tries to connect, in ms; the last one repeats. */
const retryMs = [100, 250, 500, 1000, 2000];

/** Something that is followed while the connection lasts. */
type Follower = (core: Core) => Promise<void>;

export class Session implements CoreAccess {
  /** `connecting` only before the first success. */
  connection = $state<'connecting' | 'connected' | 'lost'>('connecting');
  app = $state<AppState | null>(null);
  about = $state<AppAbout | null>(null);
  capabilities = $state<HostCapabilities>({ pickFile: false, showFile: false });

  readonly preferences = new Preferences(this);
  readonly models = new ModelShelf(this);
  readonly chats = new ChatList(this);

  readonly #openPort: () => Promise<Port>;
  readonly #followers = new SvelteSet<Follower>();
  #core: Core | undefined;

  constructor(openPort: () => Promise<Port>) {
    this.#openPort = openPort;
    this.follow(async (core) => {
      [this.about, this.capabilities] = await Promise.all([
        core.app.about(),
        core.host.capabilities(),
      ]);
      for await (const state of core.app.watch()) this.#enter(state, core);
    });
    void this.#keepConnected();
  }

  /** The core; throws `connectionLost` while there is no connection. */
  get core(): Core {
    if (this.#core && this.connection === 'connected') return this.#core;
    throw new MoeweError('connectionLost', {});
  }

  /** Runs `follower` now and after every new connection, until the returned function is called. */
  follow(follower: Follower): () => void {
    this.#followers.add(follower);
    if (this.connection === 'connected' && this.#core) this.#run(follower, this.#core);
    return () => this.#followers.delete(follower);
  }

  /** Parts of the core answer only while the database is open. */
  #enter(state: AppState, core: Core): void {
    this.app = state;
    if (state.state !== 'open') return;
    this.#run((open) => this.preferences.follow(open), core);
    this.#run((open) => this.models.follow(open), core);
    this.#run((open) => this.chats.follow(open), core);
  }

  async #keepConnected(): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      const wait = retryMs[Math.min(attempt, retryMs.length - 1)] ?? 0;
      if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      const port = await this.#openPort().catch(() => null);
      if (!port) continue;
      attempt = 0;
      await this.#live(port);
    }
  }

  /** Resolves when the connection is lost. */
  async #live(port: Port): Promise<void> {
    const { promise: lost, resolve } = Promise.withResolvers<undefined>();
    let closeClient: () => void = () => undefined;
    const core = connect(assistantContract, { ...port, onClose: (close) => (closeClient = close) });
    port.onClose(() => {
      closeClient();
      resolve(undefined);
    });
    this.#core = core;
    this.connection = 'connected';
    for (const follower of this.#followers) this.#run(follower, core);
    await lost;
    this.connection = 'lost';
  }

  /** A follower ends with its connection; any other end is a defect of the core, told elsewhere. */
  #run(follower: Follower, core: Core): void {
    follower(core).catch((thrown: unknown) => {
      const { code } = errorFactsOf(thrown);
      if (code === 'internal') throw thrown;
    });
  }
}
