/** What is known about a model, and the calls that concern the library of models. */
import { z } from 'zod';
import { call, stream } from './call.ts';
import { errorFacts } from './errors.ts';
import { memoryReport, placement } from './plans.ts';

/** What a GGUF's header says, in the terms of the field. */
export const modelFacts = z.object({
  /** llama.cpp's name of the architecture, for example `deepseek2`. */
  architecture: z.string(),
  /** `general.name`, or the file's name where the header has none. */
  name: z.string(),
  license: z.string().nullable(),
  /** The file type that most weights have, for example `Q4_K_M`. */
  quantization: z.string(),
  /** Tokens that the model was trained to keep in view; 0 where unknown. */
  contextLength: z.number().int().nonnegative(),
  parameters: z.object({
    total: z.number().int().nonnegative(),
    /** Parameters on one token's way: all but the routed experts that are not used. */
    active: z.number().int().nonnegative(),
  }),
  /** All 0 for a dense model. */
  experts: z.object({
    /** Routed experts a layer. */
    count: z.number().int().nonnegative(),
    /** Routed experts that work on one token. */
    used: z.number().int().nonnegative(),
    /** Experts that work on every token. */
    shared: z.number().int().nonnegative(),
    /** Layers that have experts. */
    layers: z.number().int().nonnegative(),
  }),
  hasChatTemplate: z.boolean(),
});
export type ModelFacts = z.infer<typeof modelFacts>;

/** What an answer remembers of the model that wrote it. */
export const answeringModel = z.object({
  id: z.string(),
  name: z.string(),
  architecture: z.string(),
  parameters: modelFacts.shape.parameters,
  experts: modelFacts.shape.experts.omit({ layers: true }),
});
export type AnsweringModel = z.infer<typeof answeringModel>;

/** A model of the library. */
export const model = z.object({
  id: z.string(),
  name: z.string(),
  path: z.string(),
  bytes: z.number().int().nonnegative(),
  /** Hexadecimal; null where it was never computed. */
  sha256: z.string().nullable(),
  /** `missing`: the file vanished. `damaged`: its header can't be read; `error` says why. */
  state: z.enum(['ready', 'missing', 'damaged']),
  /** The starter model that the interface brings. */
  builtIn: z.boolean(),
  /** Null where the header can't be read. */
  facts: modelFacts.nullable(),
  error: errorFacts.nullable(),
});
export type Model = z.infer<typeof model>;

/**
 * Whether Moewe's own native build runs, which places experts, records routing and decodes off
 * JavaScript's thread. Without it the library's own binary does what it can.
 */
export const nativeBuild = z.discriminatedUnion('state', [
  z.object({ state: z.literal('present') }),
  z.object({
    state: z.literal('absent'),
    /** `mismatch`: it was built for another version of node-llama-cpp and was refused. */
    reason: z.enum(['notBuilt', 'mismatch', 'notLoadable', 'switchedOff']),
  }),
]);
export type NativeBuild = z.infer<typeof nativeBuild>;

/** How a loaded model runs on this machine. */
export const loadedModel = z.object({
  threads: z.number().int().positive(),
  /** `cpu`, `metal`, `cuda` or `vulkan`. */
  backend: z.string(),
  contextSize: z.number().int().positive(),
  loadMs: z.number().nonnegative(),
  /** Decode speed for each number of threads that was tried; empty if it was known before. */
  threadSamples: z.array(
    z.object({ threads: z.number().int().positive(), tokensPerSecond: z.number() }),
  ),
  /** Time that choosing the number of threads took, in ms; 0 if it was known before. */
  threadChoiceMs: z.number().nonnegative(),
  /** Resident memory of the engine's process after loading, in bytes. */
  residentBytes: z.number().int().nonnegative(),
  nativeBuild,
  /** Where the model's parts really are. */
  placement,
  /** What llama.cpp reports of its buffers. */
  memory: memoryReport,
});
export type LoadedModel = z.infer<typeof loadedModel>;

/** What the engine is doing with which model. */
export const engineState = z.discriminatedUnion('state', [
  z.object({ state: z.literal('empty') }),
  z.object({
    state: z.literal('loading'),
    modelId: z.string(),
    /** `reading` the weights, or `measuring` the best number of threads. */
    step: z.enum(['reading', 'measuring']),
    /** 0 to 1 within the step. */
    progress: z.number().min(0).max(1),
  }),
  z.object({ state: z.literal('ready'), modelId: z.string(), loaded: loadedModel }),
  z.object({ state: z.literal('failed'), modelId: z.string(), error: errorFacts }),
]);
export type EngineState = z.infer<typeof engineState>;

/** The library and the engine at one moment. */
export const modelsSnapshot = z.object({
  models: z.array(model),
  engine: engineState,
  /** The model that a new question goes to. */
  chosenId: z.string(),
});
export type ModelsSnapshot = z.infer<typeof modelsSnapshot>;

export const modelsContract = {
  list: call(z.void(), z.array(model)),
  /** The whole picture at once and at every change. */
  watch: stream(z.void(), modelsSnapshot),
  /** Takes a GGUF file into the library where it lies. */
  add: call(z.object({ path: z.string().min(1) }), model),
  /** Forgets a model. Deletes the file only if it lies in Moewe's own folder. */
  remove: call(z.object({ id: z.string() }), z.void()),
  /** Loads a model and makes it the one that answers. Resolves when it is ready. */
  choose: call(z.object({ id: z.string() }), loadedModel),
  /** Gives the loaded model's memory back. The next question loads it again. */
  unload: call(z.void(), z.void()),
} as const;
