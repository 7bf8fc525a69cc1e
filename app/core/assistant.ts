/**
 * The assistant: everything that Moewe can do, put together from its parts. Every host builds one
 * and hands it the host's abilities; interfaces reach it through the contract only.
 */
import type { AssistantContract } from '../contract/assistant.ts';
import type { AnswerStats, Sampling, StopReason } from '../contract/answers.ts';
import type { PromptMessage } from '../contract/engine.ts';
import type { AnsweringModel, Model } from '../contract/models.ts';
import type { Client } from '../rpc/connect.ts';
import type { Port } from '../rpc/port.ts';
import type { StartEngineProcess } from './engine/engine-process.ts';
import type { Home } from './home.ts';
import type { Host } from './host.ts';

/** What a host gives to build an assistant. */
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
   * True for a host that holds the home's lock: it then marks answers that an earlier process left
   * unfinished as interrupted.
   */
  readonly holdsLock: boolean;
}

/** A conversation to continue without keeping it. */
export interface Completion {
  readonly messages: readonly PromptMessage[];
  /** An id or name of the library or a path to a GGUF; absent: the chosen model. */
  readonly model?: string | undefined;
  readonly sampling: Sampling;
  readonly maxTokens?: number | undefined;
}

export type CompletionEvent =
  | { readonly type: 'started'; readonly model: AnsweringModel }
  | { readonly type: 'promptProgress'; readonly progress: number }
  | { readonly type: 'delta'; readonly text: string; readonly reasoning: string }
  | { readonly type: 'finished'; readonly stopReason: StopReason; readonly stats: AnswerStats };

export interface Assistant extends AsyncDisposable {
  /** Answers one interface on `port` until the port closes. */
  serve(port: Port): void;
  /** The contract inside this process: what the terminal and the API use. */
  readonly client: Client<AssistantContract>;
  /** Continues a conversation without keeping it. Aborting ends it with `stopped`. */
  complete(completion: Completion, signal: AbortSignal): AsyncIterable<CompletionEvent>;
  /** The model that an id, a name or a path stands for; its id can be asked. `modelUnknown` else. */
  resolveModel(reference: string): Promise<Model>;
  /** Stops answers (what was generated is kept), ends the engine, closes the database. */
  close(): Promise<void>;
}

/** Opens the home's database and builds the assistant. Never fails for a database that can't be
 * opened: the assistant is then `blocked` (see `app.watch`) and every other call throws that error.
 */
export declare function openAssistant(options: AssistantOptions): Promise<Assistant>;
