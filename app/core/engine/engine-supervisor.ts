/**
 * Keeps the engine's process: starts it when a model is wanted, ends it to give memory back, and
 * makes its death a normal event. A model that ends its process three times in a row is not tried
 * again by itself.
 */
import {
  engineContract,
  type EngineContract,
  type EnginePlacement,
  type GenerateRequest,
  type GenerationEvent,
  type MeasuredSpeed,
} from '../../contract/engine.ts';
import type { Gpu } from '../../contract/hardware.ts';
import { MoeweError } from '../../contract/errors.ts';
import type { LoadedModel } from '../../contract/models.ts';
import type { MemoryReport } from '../../contract/plans.ts';
import { connect, type Client } from '../../rpc/connect.ts';
import type { Log } from '../log.ts';
import type { Engine, LoadProgress, ModelToLoad } from './engine.ts';
import type { EngineProcess, ProcessExit, StartEngineProcess } from './engine-process.ts';

const mostDeathsInARow = 3;

/** A process and the way to ask it. */
interface ConnectedProcess {
  readonly client: Client<EngineContract>;
  readonly process: EngineProcess;
  readonly ended: Promise<ProcessExit>;
}

/** A running process with the model that it holds. */
interface RunningEngine extends ConnectedProcess {
  readonly model: ModelToLoad;
  loaded: LoadedModel | undefined;
  /** True once we ended it ourselves: then its end is no death. */
  dismissed: boolean;
}

export class EngineSupervisor implements Engine {
  readonly #start: StartEngineProcess;
  readonly #log: Log;
  readonly #deaths = new Map<string, number>();
  readonly #listeners: ((exit: string) => void)[] = [];
  #running: RunningEngine | undefined;
  #generations = 0;

  constructor(start: StartEngineProcess, log: Log) {
    this.#start = start;
    this.#log = log;
  }

  async load(
    model: ModelToLoad,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<LoadedModel> {
    const running = this.#running;
    if (running?.loaded && running.model.id === model.id) return running.loaded;
    const times = this.#deaths.get(model.id) ?? 0;
    if (times >= mostDeathsInARow) {
      throw new MoeweError('modelCrashesEngine', { name: model.name, times });
    }
    await this.unload();
    const cancelled = () => signal.aborted;
    if (cancelled()) throw new MoeweError('cancelled', {});
    const fresh = this.#launch(model);
    const cancel = () => void this.#dismiss(fresh);
    signal.addEventListener('abort', cancel, { once: true });
    try {
      fresh.loaded = await loadInto(fresh, onProgress);
      return fresh.loaded;
    } catch (thrown) {
      const reason = await this.#reasonOf(thrown, fresh);
      await this.#dismiss(fresh);
      if (cancelled()) throw new MoeweError('cancelled', {}, { cause: thrown });
      throw reason;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  async *generate(
    request: GenerateRequest,
    signal: AbortSignal,
  ): AsyncGenerator<GenerationEvent, void> {
    const running = this.#running;
    if (!running?.loaded) throw new MoeweError('internal', { detail: 'no model is loaded' });
    this.#generations += 1;
    const id = String(this.#generations);
    const stop = () => {
      // A process that is gone has stopped, too.
      running.client.generation.stop({ id }).catch(() => undefined);
    };
    try {
      const events = running.client.generation.run({ id, ...request });
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop, { once: true });
      yield* events;
      this.#deaths.delete(running.model.id);
    } catch (thrown) {
      throw await this.#reasonOf(thrown, running);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  estimate(path: string, placement: EnginePlacement): Promise<MemoryReport> {
    return this.#askAside((client) => client.model.estimate({ path, placement }));
  }

  devices(): Promise<Omit<Gpu, 'bandwidth'>[]> {
    return this.#askAside((client) => client.process.devices());
  }

  bandwidth(): Promise<number | null> {
    return this.#askAside((client) => client.process.bandwidth());
  }

  gpuBandwidth(): Promise<number | null> {
    return this.#askAside((client) => client.process.gpuBandwidth());
  }

  /** One question to a process of its own, which a bad file may end without harm to the engine. */
  async #askAside<Answer>(
    ask: (client: Client<EngineContract>) => Promise<Answer>,
  ): Promise<Answer> {
    const { client, process, ended } = connectedProcess(this.#start());
    try {
      return await ask(client);
    } catch (thrown) {
      if (!(thrown instanceof MoeweError) || thrown.code !== 'connectionLost') throw thrown;
      const { exit } = await ended;
      throw new MoeweError('engineDied', { exit }, { cause: thrown });
    } finally {
      process.kill();
      await ended;
    }
  }

  async measure(promptTokens: number, answerTokens: number): Promise<MeasuredSpeed> {
    const running = this.#running;
    if (!running?.loaded) throw new MoeweError('internal', { detail: 'no model is loaded' });
    try {
      return await running.client.generation.measure({ promptTokens, answerTokens });
    } catch (thrown) {
      throw await this.#reasonOf(thrown, running);
    }
  }

  async forget(conversationId: string): Promise<void> {
    // A process that ended meanwhile keeps nothing, either.
    await this.#running?.client.generation.forget({ conversationId }).catch(() => undefined);
  }

  /** Ending the process is the one way to give back all memory that native code holds. */
  async unload(): Promise<void> {
    if (this.#running) await this.#dismiss(this.#running);
  }

  forgive(modelId: string): void {
    this.#deaths.delete(modelId);
  }

  onDeath(listener: (exit: string) => void): void {
    this.#listeners.push(listener);
  }

  async residentBytes(): Promise<number | null> {
    if (!this.#running) return null;
    const { residentBytes } = await this.#running.client.process.memory();
    return residentBytes;
  }

  close(): Promise<void> {
    return this.unload();
  }

  #launch(model: ModelToLoad): RunningEngine {
    const running: RunningEngine = {
      ...connectedProcess(this.#start(), (exit) => {
        if (this.#running === running) this.#running = undefined;
        if (!running.dismissed) this.#reportDeath(running, exit);
      }),
      model,
      loaded: undefined,
      dismissed: false,
    };
    this.#running = running;
    return running;
  }

  #reportDeath({ model }: RunningEngine, { exit, lastWords }: ProcessExit): void {
    this.#deaths.set(model.id, (this.#deaths.get(model.id) ?? 0) + 1);
    this.#log.write({ event: 'engineExit', detail: `${exit}\n${lastWords}` });
    for (const listener of this.#listeners) listener(exit);
  }

  async #dismiss(running: RunningEngine): Promise<void> {
    running.dismissed = true;
    if (this.#running === running) this.#running = undefined;
    running.process.kill();
    await running.ended;
  }

  /** A connection that was lost means that the process ended: by itself, or because we ended it. */
  async #reasonOf(thrown: unknown, { ended, dismissed }: RunningEngine): Promise<unknown> {
    if (!(thrown instanceof MoeweError) || thrown.code !== 'connectionLost') return thrown;
    const { exit } = await ended;
    return dismissed
      ? new MoeweError('cancelled', {}, { cause: thrown })
      : new MoeweError('engineDied', { exit }, { cause: thrown });
  }
}

/** `onExit` is told before those who wait for an answer. */
function connectedProcess(
  process: EngineProcess,
  onExit: (exit: ProcessExit) => void = () => undefined,
): ConnectedProcess {
  const ended = Promise.withResolvers<ProcessExit>();
  let closed: (() => void) | undefined;
  const client = connect(engineContract, {
    send: (message) => process.send(message),
    onMessage: (listener) => process.onMessage(listener),
    onClose: (listener) => (closed = listener),
  });
  process.onExit((exit) => {
    onExit(exit);
    ended.resolve(exit);
    closed?.();
  });
  return { client, process, ended: ended.promise };
}

async function loadInto(
  { client, model }: RunningEngine,
  onProgress: (progress: LoadProgress) => void,
): Promise<LoadedModel> {
  for await (const event of client.model.load(model.request)) {
    if (event.type === 'loaded') return event.loaded;
    onProgress({ step: event.step, progress: event.progress });
  }
  throw new MoeweError('internal', { detail: 'loading ended without a model' });
}
