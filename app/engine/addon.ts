/**
 * The parts of node-llama-cpp's addon that the library itself keeps inside, and our own exports
 * beside them (`native/src/exports.cpp`). The library is pinned exactly; this file is the only one
 * that reaches into it.
 */
import type { Llama, LlamaContext, LlamaGrammarEvaluationState, LlamaModel } from 'node-llama-cpp';
import type { MemoryReport } from '../contract/plans.ts';

/** A model of the addon. */
export interface AddonModel {
  init(): Promise<boolean>;
  dispose(): Promise<void>;
  getMemoryBreakdown(): { cpuRam: number; gpuVram: number };
}

/** A context of the addon. */
export interface AddonContext {
  init(): Promise<boolean>;
  dispose(): Promise<void>;
  /** Bytes written. */
  saveSequenceStateToFile(path: string, sequence: number, tokens: Uint32Array): Promise<number>;
  /** The tokens that the state belongs to. */
  loadSequenceStateFromFile(
    path: string,
    sequence: number,
    contextSize: number,
  ): Promise<Uint32Array>;
  getMemoryBreakdown(): { cpuRam: number; gpuVram: number };
}

/** A chain of samplers of the addon; it remembers what was sampled. */
export interface AddonSampler {
  applyConfig(config: SamplerConfig): void;
  dispose(): void;
}

/** What the chain is told. A temperature of 0 takes the most likely token. */
export interface SamplerConfig {
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
  readonly seed?: number;
  readonly repeatPenalty?: number;
  readonly repeatPenaltyMaxTokens?: number;
  readonly repeatPenaltyTokens?: Uint32Array;
  readonly repeatPenaltyPresencePenalty?: number;
  readonly repeatPenaltyFrequencyPenalty?: number;
  readonly grammarEvaluationState?: object;
}

/** How a context uses the processor (`native/src/thread-pool.h`). */
export interface ThreadUse {
  readonly threads: number;
  readonly batchThreads: number;
  /** 0 (waiting threads sleep at once) to 100. */
  readonly poll: number;
  /** -1 low, 0 normal, 1 medium, 2 high. */
  readonly priority: number;
  /** Cores that the threads stay away from. */
  readonly freeCores: number;
}

/** Some tokens on their way (`native/src/token-batch.h`). */
export interface TokenBatch {
  readonly tokens: Int32Array;
  /** The text that each token completes. */
  readonly pieces: readonly string[];
  /** 1 for tokens that are no text but control the conversation. */
  readonly control: Uint8Array;
  /** Tokens of a prompt that are evaluated so far. */
  readonly evaluated: number;
  /** Experts of tokens evaluated since the last batch, by token, layer, place. */
  readonly routing: {
    /** Layers with experts. */
    readonly layers: Int32Array;
    /** Experts chosen in each. */
    readonly usedCount: number;
    readonly tokens: number;
    readonly experts: Uint16Array;
    readonly weights: Uint8Array;
  };
}

/** How a generation went. */
export interface DecoderResult {
  readonly ending: 'endOfAnswer' | 'limit' | 'stopped';
  readonly tokens: number;
  /** From the first token to the last. */
  readonly decodeMs: number;
}

/** Our generation loop (`native/src/decoder.h`). One piece of work runs at a time. */
export interface Decoder {
  /** Appends tokens; false when it was stopped on the way. */
  evaluate(
    tokens: Uint32Array,
    logits: 'none' | 'last' | 'all',
    onBatch: (batch: TokenBatch) => void,
  ): Promise<boolean>;
  /** `endless` goes on where the model would end, for measuring. */
  generate(
    sampler: AddonSampler,
    limit: number,
    onBatch: (batch: TokenBatch) => void,
    endless?: boolean,
  ): Promise<DecoderResult>;
  /** Shortens the sequence to at most `tokens`; returns how many could stay. */
  keep(tokens: number): number;
  rememberState(): void;
  stop(): void;
  useThreads(use: ThreadUse): void;
  /** Whether routing is recorded from now on. */
  record(wanted: boolean): boolean;
  /** Tokens that each expert worked on since recording began, by layer. */
  expertCounts(): { readonly layer: number; readonly counts: readonly number[] }[];
  /** The text that each token completes, special tokens by their names. */
  pieces(tokens: Uint32Array): string[];
  length(): number;
  dispose(): void;
}

/** A device as the addon names it. */
export interface Device {
  readonly name: string;
  readonly description: string;
  readonly backend: string;
  readonly totalBytes: number;
  readonly freeBytes: number;
  readonly unified: boolean;
}

/** Our own exports. */
export interface NativeModule {
  /** The versions that it was built for. */
  readonly identity: string;
  /** For every load from now on: regular expressions over tensor names, and the device that each goes to. */
  setPlacement(rules: readonly (readonly [pattern: string, device: string])[]): void;
  memoryReport(context: AddonContext): MemoryReport;
  devices(): Device[];
  measureBandwidth(bytes: number, threads: number, milliseconds: number): Promise<number>;
  /** Of the device at this place in `devices()`; 0 where it can't be measured. */
  measureGpuBandwidth(index: number, bytes: number, milliseconds: number): Promise<number>;
  readonly Decoder: new (context: AddonContext, sequence: number) => Decoder;
}

/** The addon as the library loaded it. */
export interface Addon {
  readonly AddonModel: new (path: string, parameters: Record<string, unknown>) => AddonModel;
  readonly AddonContext: new (
    model: AddonModel,
    parameters: Record<string, unknown>,
  ) => AddonContext;
  readonly AddonSampler: new (model: AddonModel) => AddonSampler;
  /** Only in our own build. */
  readonly moewe?: NativeModule;
}

/** The addon behind the library. */
export function addonOf(llama: Llama): Addon {
  return (llama as unknown as { _bindings: Addon })._bindings;
}

/** The addon's model behind the library's. */
export function addonModelOf(model: LlamaModel): AddonModel {
  return (model as unknown as { _model: AddonModel })._model;
}

/** The addon's context behind the library's. */
export function addonContextOf(context: LlamaContext): AddonContext {
  return (context as unknown as { _ctx: AddonContext })._ctx;
}

/** The addon's state of a grammar behind the library's. */
export function addonGrammarStateOf(state: LlamaGrammarEvaluationState): object {
  return (state as unknown as { _state: object })._state;
}
