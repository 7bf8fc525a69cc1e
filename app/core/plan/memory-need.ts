/**
 * What a model takes in each place: weights and KV cache exactly as llama.cpp lays them out, compute
 * buffers by a formula (`compute-buffers.ts`). Pure.
 */
import type { Inspection } from '../../contract/inspection.ts';
import type { KvCacheType, PlaceUse } from '../../contract/plans.ts';
import { computeBuffers } from './compute-buffers.ts';
import { layerPlaces, type Layout } from './layout.ts';
import type { LayerWeights, ModelWeights } from './model-weights.ts';

/** What a conversation is kept in. */
export interface Cache {
  readonly contextSize: number;
  readonly kvCacheType: KvCacheType;
}

/** Bytes in the two places. */
export interface MemoryNeed {
  readonly gpu: PlaceUse;
  readonly ram: PlaceUse;
}

/** llama.cpp's micro-batch as Moewe sets it (`app/engine/context-parameters.ts`). */
export const batchTokens = 512;

/** llama.cpp rounds the cells of a cache up to this number (`llama-context.cpp`, `n_ctx`). */
const cellPadding = 256;

/** Bytes a value: ggml's blocks hold 32 values and a scale of two bytes. */
const bytesPerValue: Readonly<Record<KvCacheType, number>> = {
  f16: 2,
  q8_0: 34 / 32,
  q4_0: 18 / 32,
};

type Use = { -readonly [Part in keyof PlaceUse]: PlaceUse[Part] };

/** What a layout takes. */
export function memoryNeed(
  inspection: Inspection,
  model: ModelWeights,
  layout: Layout,
  cache: Cache,
): MemoryNeed {
  const gpu = nothing();
  const ram = nothing();
  const places = layerPlaces(model, layout);
  model.layers.forEach((layer, index) => {
    const place = places[index];
    const own = place?.onGpu === true ? gpu : ram;
    const experts = place?.expertsOnGpu === true ? gpu : ram;
    own.attention += layer.attention;
    own.sharedExperts += layer.sharedExperts;
    own.otherWeights += layer.rest;
    own.kv += cacheBytes(layer, cache);
    experts.routedExperts += layer.routedExperts;
  });
  const outputPlace = layout.gpuLayers > 0 ? gpu : ram;
  ram.otherWeights += model.tokenEmbedding;
  outputPlace.otherWeights += model.outside;
  // In main memory a tied output is the table itself; the GPU needs a copy.
  if (!model.tied || layout.gpuLayers > 0) outputPlace.otherWeights += model.output;
  const compute = computeBuffers(inspection, model, layout, cache.contextSize);
  gpu.compute = compute.gpu;
  ram.compute = compute.ram;
  return { gpu, ram };
}

/**
 * The KV cache and the recurrent state of one layer. A sliding window keeps itself and one batch
 * (`llama-kv-cache-iswa.cpp`, `size_swa`); compressed keys stay for the whole context beside it.
 */
export function cacheBytes(
  { cache }: Pick<LayerWeights, 'cache'>,
  { contextSize, kvCacheType }: Cache,
): number {
  const all = padded(contextSize);
  const { windowTokens, key, value, compressed, stateBytes } = cache;
  const cells = windowTokens === null ? all : padded(Math.min(all, windowTokens + batchTokens));
  const values = cells * (key + value) + all * compressed;
  return Math.ceil(values * bytesPerValue[kvCacheType]) + stateBytes;
}

/** Cells that llama.cpp keeps for so many tokens. */
export function padded(tokens: number): number {
  return Math.ceil(tokens / cellPadding) * cellPadding;
}

/** A place without anything in it. */
export function nothing(): Use {
  return { attention: 0, sharedExperts: 0, routedExperts: 0, otherWeights: 0, kv: 0, compute: 0 };
}

/** Weights in a place. */
export function weightBytes(use: PlaceUse): number {
  return use.attention + use.sharedExperts + use.routedExperts + use.otherWeights;
}

/** Everything in a place. */
export function totalBytes(use: PlaceUse): number {
  return weightBytes(use) + use.kv + use.compute;
}
