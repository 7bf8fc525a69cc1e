/**
 * Which models there are, which one answers, and what the engine is doing with it. Every change is
 * told to all who watch, as a whole picture.
 */
import { errorFactsOf, errorFromFacts, MoeweError } from '../../contract/errors.ts';
import type { LoadRequest, MeasuredSpeed } from '../../contract/engine.ts';
import type { AnswerStats } from '../../contract/answers.ts';
import type { EngineState, LoadedModel, Model, ModelsSnapshot } from '../../contract/models.ts';
import type { Engine } from '../engine/engine.ts';
import type { Occupied, Plans } from '../plan/plans.ts';
import type { SettingsStore } from '../settings/settings-store.ts';
import { Topic } from '../topic.ts';
import type { Turns } from '../turns.ts';
import { starterModelId, type ModelLibrary } from './model-library.ts';
import type { ThreadChoices } from './thread-choices.ts';

/** Choosing the number of threads may take this long on a model's first load. */
const threadChoiceLimitMs = 2000;

/** What the models need of the rest of the core. */
export interface ModelsParts {
  readonly library: ModelLibrary;
  readonly engine: Engine;
  readonly settings: SettingsStore;
  readonly threadChoices: ThreadChoices;
  readonly turns: Turns;
  /** Says where a model's parts go. */
  readonly plans: Pick<Plans, 'placementFor' | 'remember'>;
  /** Where the engine keeps the evaluated state of chats. */
  readonly stateFolder: string;
  /** A fixed number of threads; absent: chosen by measuring. */
  readonly threads: number | undefined;
}

/** What is measured. */
export interface Measurement {
  readonly promptTokens: number;
  readonly answerTokens: number;
  readonly times: number;
}

export class Models {
  readonly library: ModelLibrary;
  readonly #parts: ModelsParts;
  readonly #topic = new Topic<ModelsSnapshot>();
  #state: EngineState = { state: 'empty' };
  /** What the engine holds, also while the next model is being loaded. */
  #held: LoadedModel | null = null;
  #publishing: Promise<void> | undefined;

  constructor(parts: ModelsParts) {
    this.library = parts.library;
    this.#parts = parts;
    parts.engine.onDeath((exit) => {
      this.#held = null;
      if (this.#state.state === 'empty') return;
      const error = new MoeweError('engineDied', { exit }).toFacts();
      this.#moveTo({ state: 'failed', modelId: this.#state.modelId, error });
    });
  }

  async *watch(signal: AbortSignal): AsyncGenerator<ModelsSnapshot, void> {
    // Follow first: a change between reading the list and following would be lost.
    const changes = this.#topic.follow([], signal);
    yield await this.#snapshot();
    yield* changes;
  }

  /** What the loaded model takes; null: none is loaded. */
  get occupied(): Occupied | null {
    if (this.#held === null) return null;
    const { memory, placement } = this.#held;
    return { memory, mmap: placement.mmap };
  }

  /** Keeps the speed of an answer that `model` gave. */
  remember(model: Model, stats: Pick<AnswerStats, 'answerTokens' | 'tokensPerSecond'>): void {
    if (this.#held === null) return;
    this.#parts.plans.remember(model, this.#held.placement, stats);
  }

  /** The model that a question goes to when it names none. */
  async chosen(): Promise<Model> {
    const models = await this.library.list();
    const { modelId } = this.#parts.settings.get();
    const ready = models.filter(({ state }) => state === 'ready');
    const chosen =
      ready.find(({ id }) => id === modelId) ??
      ready[0] ??
      models.find(({ id }) => id === starterModelId);
    if (!chosen) throw new MoeweError('modelUnknown', { model: modelId ?? starterModelId });
    return chosen;
  }

  /** Loads `model` if it is not loaded; the caller has the turn. Returns the time that it took. */
  async load(model: Model, signal: AbortSignal): Promise<{ loaded: LoadedModel; loadMs: number }> {
    if (this.#state.state === 'ready' && this.#state.modelId === model.id) {
      return { loaded: this.#state.loaded, loadMs: 0 };
    }
    const begin = performance.now();
    try {
      requireUsable(model);
      const loaded = await this.#loadIntoEngine(model, signal);
      this.#moveTo({ state: 'ready', modelId: model.id, loaded });
      return { loaded, loadMs: performance.now() - begin };
    } catch (thrown) {
      const error = errorFactsOf(thrown);
      const cancelled = error.code === 'cancelled';
      this.#moveTo(cancelled ? { state: 'empty' } : { state: 'failed', modelId: model.id, error });
      throw thrown;
    }
  }

  /** Loads a model and makes it the one that answers. */
  async choose(id: string, signal: AbortSignal): Promise<LoadedModel> {
    const model = await this.library.get(id);
    const end = await this.#parts.turns.take(signal);
    try {
      this.#parts.engine.forgive(id);
      const { loaded } = await this.load(model, signal);
      this.#parts.settings.change({ modelId: id });
      this.#publish();
      return loaded;
    } finally {
      end();
    }
  }

  /** Measures a model as often as asked, with the settings that an answer would take. */
  async measure(
    model: Model,
    { promptTokens, answerTokens, times }: Measurement,
    signal: AbortSignal,
  ): Promise<{ loaded: LoadedModel; samples: MeasuredSpeed[] }> {
    const end = await this.#parts.turns.take(signal);
    try {
      const { loaded } = await this.load(model, signal);
      const samples: MeasuredSpeed[] = [];
      while (samples.length < times && !signal.aborted) {
        samples.push(await this.#parts.engine.measure(promptTokens, answerTokens));
      }
      return { loaded, samples };
    } finally {
      end();
    }
  }

  /** Loads the chosen model before it is asked. A failure shows in the engine's state. */
  async preload(signal: AbortSignal): Promise<void> {
    const end = await this.#parts.turns.take(signal);
    try {
      await this.load(await this.chosen(), signal);
    } finally {
      end();
    }
  }

  async unload(signal: AbortSignal): Promise<void> {
    const end = await this.#parts.turns.take(signal);
    try {
      await this.#parts.engine.unload();
      this.#held = null;
      this.#moveTo({ state: 'empty' });
    } finally {
      end();
    }
  }

  async add(path: string): Promise<Model> {
    const added = await this.library.add(path);
    this.#publish();
    return added;
  }

  /** Forgets a model; if it is loaded its memory is given back first. */
  async remove(id: string, signal: AbortSignal): Promise<void> {
    if (this.#state.state !== 'empty' && this.#state.modelId === id) await this.unload(signal);
    await this.library.remove(id);
    this.#publish();
  }

  end(): void {
    this.#topic.end();
  }

  async #loadIntoEngine(model: Model, signal: AbortSignal): Promise<LoadedModel> {
    const { engine, plans, threadChoices, threads: fixed } = this.#parts;
    this.#moveTo({ state: 'loading', modelId: model.id, step: 'reading', progress: 0 });
    const plan = await plans.placementFor(model);
    if (signal.aborted) throw new MoeweError('cancelled', {});
    const threads = fixed ?? plan?.threads ?? threadChoices.get(model) ?? 'measure';
    const request: LoadRequest = {
      path: model.path,
      contextSize: null,
      threads,
      placement: plan?.placement ?? null,
      stateFolder: this.#parts.stateFolder,
      threadChoiceLimitMs,
    };
    this.#held = null;
    const loaded = await engine.load(
      { id: model.id, name: model.name, request },
      ({ step, progress }) => {
        this.#moveTo({ state: 'loading', modelId: model.id, step, progress });
      },
      signal,
    );
    this.#held = loaded;
    if (threads === 'measure') threadChoices.remember(model, loaded.threads);
    return loaded;
  }

  #moveTo(state: EngineState): void {
    this.#state = state;
    this.#publish();
  }

  /**
   * Several changes in quick succession become one picture. A list that can't be read is told to
   * whoever asks for it, not to watchers.
   */
  #publish(): void {
    this.#publishing ??= this.#snapshot()
      .then(
        (snapshot) => this.#topic.publish(snapshot),
        () => undefined,
      )
      .finally(() => (this.#publishing = undefined));
  }

  async #snapshot(): Promise<ModelsSnapshot> {
    const models = await this.library.list();
    const { id } = await this.chosen();
    // Read last: a state that was reached while the list was read is part of this picture.
    return { models, engine: this.#state, chosenId: id };
  }
}

function requireUsable({ state, path, error }: Model): void {
  if (state === 'missing') throw new MoeweError('modelFileMissing', { path });
  if (error !== null) throw errorFromFacts(error);
}
