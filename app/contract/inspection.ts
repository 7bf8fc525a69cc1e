/** What a GGUF's header says about where a model's bytes are: by class of weights and by layer. */
import { z } from 'zod';
import { call } from './call.ts';
import { modelFacts } from './models.ts';

const bytes = z.number().int().nonnegative();

/** Bytes of all tensors by what they belong to; the six add up to the bytes of all tensors. */
export const bytesByClass = z.object({
  embedding: bytes,
  /** With the recurrent layers and indexers that stand in its place. */
  attention: bytes,
  dense: bytes,
  sharedExperts: bytes,
  routedExperts: bytes,
  /** Routers, norms and whatever else. */
  other: bytes,
});
export type BytesByClass = z.infer<typeof bytesByClass>;

/** One layer (`blk.N`): its weights, and what a conversation keeps in it. */
export const layerLayout = z.object({
  layer: z.number().int().nonnegative(),
  /**
   * True for layers that predict further tokens (MTP): llama.cpp neither loads nor runs them as it is
   * started here. They count in the file's bytes and parameters only.
   */
  skipped: z.boolean(),
  bytes: bytesByClass.omit({ embedding: true }),
  /** The routed experts by matrix, in bytes; files with a joint gate and up matrix have `gateUp`. */
  expertBytes: z.object({ up: bytes, gate: bytes, down: bytes, gateUp: bytes }),
  /**
   * The KV cache of this layer: values of keys and of values a token (not bytes: the cache's type
   * decides). Both 0 in a layer without attention; `value` is 0 where llama.cpp keeps one joint
   * vector (multi-head latent attention).
   */
  cache: z.object({
    key: z.number().int().nonnegative(),
    value: z.number().int().nonnegative(),
    /**
     * Values a token that stay of the whole context besides those of the window: DeepSeek V4 keeps
     * one compressed key for each 4 or 128 tokens, so this can be a fraction.
     */
    compressed: z.number().nonnegative(),
    /** Tokens that a sliding window keeps; null where the layer sees the whole context. */
    windowTokens: z.number().int().positive().nullable(),
    /** State of a recurrent layer, whatever the context's length, in bytes. */
    stateBytes: bytes,
  }),
});
export type LayerLayout = z.infer<typeof layerLayout>;

/** Everything that `moewe inspect` tells. */
export const inspection = modelFacts.omit({ hasChatTemplate: true }).extend({
  /** Bytes of all files of the model. */
  fileBytes: bytes,
  /** False: the llama.cpp of this version does not know the architecture. */
  architectureKnown: z.boolean(),
  /** The type that most bytes of each class have, for example `routedExperts: 'Q4_K'`. */
  quantizationByClass: z.record(z.string(), z.string()),
  bytes: bytesByClass,
  /** Bytes of the active parameters: all weights but the routed experts that are not used. */
  activeBytesPerToken: bytes,
  /** What a token adds to an unquantized (F16) KV cache while no sliding window is full. */
  kvBytesPerToken: z.number().nonnegative(),
  /** The same of the layers that see the whole context: what a token adds in a long conversation. */
  kvBytesPerTokenBeyondWindow: z.number().nonnegative(),
  /** State of recurrent layers for one conversation. */
  stateBytes: bytes,
  chatTemplate: z.string().nullable(),
  embeddingLength: z.number().int().nonnegative(),
  vocabularySize: z.number().int().nonnegative(),
  layers: z.array(layerLayout),
});
export type Inspection = z.infer<typeof inspection>;

export const inspectionContract = {
  /** What the file of a model of the library says. */
  ofModel: call(z.object({ id: z.string() }), inspection),
} as const;
