/**
 * The assistant: everything that Moewe can do, put together from its parts. Every host builds one
 * and hands it the host's abilities; interfaces reach it through the contract only.
 */
import { assistantContract, type AssistantContract } from '../contract/assistant.ts';
import type { Sampling } from '../contract/answers.ts';
import type { GenerateRequest, MeasuredSpeed, PromptMessage } from '../contract/engine.ts';
import { errorFactsOf } from '../contract/errors.ts';
import type { LoadedModel, Model } from '../contract/models.ts';
import { connect, type Client } from '../rpc/connect.ts';
import { localPorts } from '../rpc/local-ports.ts';
import type { Port } from '../rpc/port.ts';
import { serve } from '../rpc/serve.ts';
import { generate, type GenerationProgress } from './answers/generation.ts';
import { AppControl } from './app-control.ts';
import type { AssistantOptions } from './assistant-options.ts';
import { openCore } from './core.ts';
import { EngineSupervisor } from './engine/engine-supervisor.ts';
import { assistantHandlers } from './handlers.ts';
import type { Measurement } from './models/models.ts';
import { Log } from './log.ts';

/** A conversation to continue without keeping it. */
export interface Completion {
  readonly messages: readonly PromptMessage[];
  /** An id or name of the library or a path to a GGUF; absent: the chosen model. */
  readonly model?: string | undefined;
  readonly sampling: Sampling;
  readonly maxTokens?: number | undefined;
  /** Which evaluated tokens' experts are told; absent: none. */
  readonly routing?: GenerateRequest['routing'] | undefined;
}

export interface Assistant extends AsyncDisposable {
  /** Answers one interface on `port` until the port closes. */
  serve(port: Port): void;
  /** The contract inside this process: what the terminal and the API use. */
  readonly client: Client<AssistantContract>;
  /** Continues a conversation without keeping it. Aborting ends it with `stopped`. */
  complete(completion: Completion, signal: AbortSignal): AsyncIterable<GenerationProgress>;
  /** The model that an id, a name or a path stands for; its id can be asked. `modelUnknown` else. */
  resolveModel(reference: string): Promise<Model>;
  /** Measures the speed of a model; `reference` absent: of the chosen one. */
  measure(
    reference: string | undefined,
    measurement: Measurement,
    signal: AbortSignal,
  ): Promise<{ model: Model; loaded: LoadedModel; samples: MeasuredSpeed[] }>;
  /** Stops answers (what was generated is kept), ends the engine, closes the database. */
  close(): Promise<void>;
}

/**
 * Opens the home's database and builds the assistant. Does not fail for a database that can't be
 * opened: the assistant is then `blocked` (see `app.watch`) and other calls throw that error.
 */
export function openAssistant(options: AssistantOptions): Assistant {
  const log = new Log(options.home.logs);
  const onDefect = (thrown: unknown, where: string) => {
    const { data } = errorFactsOf(thrown);
    log.write({ event: 'defect', detail: `${where}: ${JSON.stringify(data)}` });
  };
  const engine = new EngineSupervisor(options.startEngineProcess, log);
  const closing = new AbortController();
  const app = new AppControl(() => {
    const core = openCore(options, engine, log);
    // A failure to load shows in the engine's state, and again when a question is asked.
    if (options.preloadsModel) core.models.preload(closing.signal).catch(() => undefined);
    return core;
  }, options.home.database);
  const handlers = assistantHandlers(app, options);
  const inside = localPorts();
  serve(assistantContract, handlers, inside.right, onDefect);

  async function* complete(completion: Completion, signal: AbortSignal) {
    const { models, generation } = app.requireCore();
    const { model: reference, messages, sampling, maxTokens, routing = 'off' } = completion;
    const model = await (reference === undefined
      ? models.chosen()
      : models.library.resolve(reference));
    const order = { model, messages, sampling, maxTokens, conversationId: null, routing };
    yield* generate(generation, order, signal);
  }

  async function measure(
    reference: string | undefined,
    measurement: Measurement,
    signal: AbortSignal,
  ) {
    const { models } = app.requireCore();
    const model = await (reference === undefined
      ? models.chosen()
      : models.library.resolve(reference));
    return { model, ...(await models.measure(model, measurement, signal)) };
  }

  async function close(): Promise<void> {
    closing.abort();
    try {
      await app.close();
    } finally {
      // Also when something could not be saved: a running engine would keep the process alive.
      await engine.close();
      inside.close();
    }
  }

  return {
    serve: (port) => serve(assistantContract, handlers, port, onDefect),
    client: connect(assistantContract, inside.left),
    complete,
    measure,
    resolveModel: (reference) => app.requireCore().models.library.resolve(reference),
    close,
    [Symbol.asyncDispose]: close,
  };
}
