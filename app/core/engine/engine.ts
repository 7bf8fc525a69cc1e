/**
 * The engine as the rest of the core uses it: one loaded model, questions in a queue. The process
 * behind it may die at any time; `engine-supervisor.ts` makes that a normal event.
 */
import type {
  EnginePlacement,
  GenerateRequest,
  GenerationEvent,
  LoadRequest,
  MeasuredSpeed,
} from '../../contract/engine.ts';
import type { Gpu } from '../../contract/hardware.ts';
import type { LoadedModel } from '../../contract/models.ts';
import type { MemoryReport } from '../../contract/plans.ts';

/** A file to load and the name that a person knows it by. */
export interface ModelToLoad {
  readonly id: string;
  readonly name: string;
  readonly request: LoadRequest;
}

/** Progress of loading. */
export interface LoadProgress {
  readonly step: 'reading' | 'measuring';
  /** 0 to 1 within the step. */
  readonly progress: number;
}

export interface Engine {
  /**
   * Loads a model, or returns at once if it is the one that is loaded. Starts the process if there
   * is none. Errors: any `model…` code, `engineDied`, `engineUnavailable`, `cancelled`;
   * `modelCrashesEngine` when this model ended the process three times in a row.
   */
  load(
    model: ModelToLoad,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<LoadedModel>;
  /**
   * Generates with the loaded model. One generation runs at a time, others wait in order. Aborting
   * `signal` lets the stream end with `finished` and the stop reason `stopped`, within one token.
   * Errors: `questionTooLong`, `engineDied` (what was yielded before stays valid), `modelOutOfMemory`.
   */
  generate(
    request: GenerateRequest,
    signal: AbortSignal,
  ): AsyncIterableIterator<GenerationEvent, void>;
  /**
   * What llama.cpp would allocate for a model with a placement, counted in a process of its own from
   * the file's header. Errors: `notOffered` without the native build, `modelNotLoadable`.
   */
  estimate(path: string, placement: EnginePlacement): Promise<MemoryReport>;
  /** Graphics processors that the engine can use. */
  devices(): Promise<Omit<Gpu, 'bandwidth'>[]>;
  /** Bytes a second that all cores read together; null without the native build. */
  bandwidth(): Promise<number | null>;
  /** Bytes a second that the first graphics processor moves within its memory; null: unknown. */
  gpuBandwidth(): Promise<number | null>;
  /** Speed of the loaded model with the settings of an answer. */
  measure(promptTokens: number, answerTokens: number): Promise<MeasuredSpeed>;
  /** Lets the running engine keep nothing of a conversation; without one does nothing. */
  forget(conversationId: string): Promise<void>;
  /** Gives the model's memory back; without a model does nothing. */
  unload(): Promise<void>;
  /** Lets a model be tried again that ended the process several times in a row. */
  forgive(modelId: string): void;
  /** Is called when the process ended by itself, also between two questions. */
  onDeath(listener: (exit: string) => void): void;
  /** Resident memory of the process in bytes; null when none runs. */
  residentBytes(): Promise<number | null>;
  /** Ends the process. The engine can't be used afterwards. */
  close(): Promise<void>;
}
