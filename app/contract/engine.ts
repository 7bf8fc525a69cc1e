/** The border between the core and the engine's process. An engine process holds one model. */
import { z } from 'zod';
import { answerStats, sampling, stopReason } from './answers.ts';
import { call, stream } from './call.ts';
import { gpu } from './hardware.ts';
import { loadedModel } from './models.ts';
import { memoryReport, placement } from './plans.ts';
import { routingRecord } from './routing.ts';

/** A message as the engine needs it: attachments are already part of the text. */
export const promptMessage = z.object({
  role: z.enum(['system', 'user', 'assistant']),
  text: z.string(),
});
export type PromptMessage = z.infer<typeof promptMessage>;

/**
 * Where a model's parts go, as the engine is told: `placement` with the experts' layers by number,
 * since only the core has read which layers have experts.
 */
export const enginePlacement = placement.omit({ threads: true, expertLayersOnCpu: true }).extend({
  /** The file's architecture: llama.cpp's key for the number of experts begins with it. */
  architecture: z.string(),
  /** Layers whose routed experts stay in main memory although the layer is on the GPU. */
  expertLayersInMemory: z.array(z.number().int().nonnegative()),
  /** Which of their matrices stay there; a joint gate and up matrix counts as both. */
  expertMatrices: z.array(z.enum(['up', 'gate', 'down'])),
});
export type EnginePlacement = z.infer<typeof enginePlacement>;

/** What to load, and how. */
export const loadRequest = z.object({
  path: z.string(),
  /** Tokens to keep in view; null: as many as the model knows and memory holds, up to a limit. */
  contextSize: z.number().int().positive().nullable(),
  /** `measure`: try a few numbers with the loaded model, at most `threadChoiceLimitMs`. */
  threads: z.union([z.number().int().positive(), z.literal('measure')]),
  /** Where the parts go; null: all weights in main memory, everything else as usual. */
  placement: enginePlacement.nullable(),
  /** Where the evaluated state of other conversations is kept; null: it is not kept. */
  stateFolder: z.string().nullable(),
  /** At most this long is spent on choosing threads. */
  threadChoiceLimitMs: z.number().positive(),
});
export type LoadRequest = z.infer<typeof loadRequest>;

export const loadEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('progress'),
    step: z.enum(['reading', 'measuring']),
    progress: z.number().min(0).max(1),
  }),
  z.object({ type: z.literal('loaded'), loaded: loadedModel }),
]);
export type LoadEvent = z.infer<typeof loadEvent>;

/** A generation: the whole conversation so far; what is already evaluated is not evaluated again. */
export const generateRequest = z.object({
  messages: z.array(promptMessage).min(1),
  sampling,
  maxTokens: z.number().int().positive().nullable(),
  /** A JSON schema that the answer has to follow; null: any text. */
  jsonSchema: z.record(z.string(), z.unknown()).nullable(),
  /** Which evaluated tokens' experts are told. */
  routing: z.enum(['off', 'answer', 'all']),
  /**
   * Names the conversation, so that its evaluated state can be kept while another one is answered;
   * null: it is not kept.
   */
  conversationId: z.string().nullable(),
});
export type GenerateRequest = z.infer<typeof generateRequest>;

/** What the engine alone can measure of an answer. */
export const generationStats = answerStats.omit({ loadMs: true });
export type GenerationStats = z.infer<typeof generationStats>;

/**
 * The events of one generation, in this order; `failed` is the stream's own error. A caller that
 * ends the stream stops the generation within one token; `stop` does the same and lets the stream
 * end with `finished`.
 */
export const generationEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('started'), promptTokens: z.number().int().nonnegative() }),
  /** Part of the prompt that is evaluated, 0 to 1. */
  z.object({ type: z.literal('promptProgress'), progress: z.number().min(0).max(1) }),
  /** Text gathered to at most 60 events a second; the first token comes at once. */
  z.object({ type: z.literal('delta'), text: z.string(), reasoning: z.string() }),
  /** The experts of evaluated tokens, as in `routingRecord`, in order. */
  z.object({ type: z.literal('routing'), record: routingRecord }),
  z.object({ type: z.literal('finished'), stopReason, stats: generationStats }),
]);
export type GenerationEvent = z.infer<typeof generationEvent>;

/** One measurement, in tokens a second. */
export const measuredSpeed = z.object({
  promptTokensPerSecond: z.number().nonnegative(),
  tokensPerSecond: z.number().nonnegative(),
});
export type MeasuredSpeed = z.infer<typeof measuredSpeed>;

export const engineContract = {
  model: {
    /** Once in a process' life: to give a model's memory back, its process is ended. */
    load: stream(loadRequest, loadEvent),
    /**
     * What llama.cpp would allocate for this model with this placement; it reads the header only.
     * For a process without a model.
     */
    estimate: call(z.object({ path: z.string(), placement: enginePlacement }), memoryReport),
  },
  generation: {
    /** `id` names the generation for `stop`; one runs at a time. */
    run: stream(generateRequest.extend({ id: z.string() }), generationEvent),
    stop: call(z.object({ id: z.string() }), z.void()),
    /**
     * Reads as many tokens and writes as many as asked for, whatever they say, with the settings of
     * an answer. The conversation's evaluated state is gone afterwards.
     */
    measure: call(
      z.object({
        promptTokens: z.number().int().positive(),
        answerTokens: z.number().int().positive(),
      }),
      measuredSpeed,
    ),
    /** Never writes the state of this conversation again, and deletes what was written. */
    forget: call(z.object({ conversationId: z.string() }), z.void()),
  },
  process: {
    /** Graphics processors that llama.cpp can use here. */
    devices: call(z.void(), z.array(gpu.omit({ bandwidth: true }))),
    /**
     * Bytes a second that all cores read together, over some hundred milliseconds; null without the
     * native build.
     */
    bandwidth: call(z.void(), z.number().positive().nullable()),
    /** Bytes a second that the first graphics processor moves within its memory; null: unknown. */
    gpuBandwidth: call(z.void(), z.number().positive().nullable()),
    /** Resident memory of the engine's process, in bytes. */
    memory: call(z.void(), z.object({ residentBytes: z.number().int().nonnegative() })),
  },
} as const;
export type EngineContract = typeof engineContract;
