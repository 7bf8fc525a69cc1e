/** The addon's terms for a model and a context as Moewe loads them. */
import type { EnginePlacement } from '../contract/engine.ts';
import type { KvCacheType } from '../contract/plans.ts';
import { llamaGpuLayers } from './placement-rules.ts';

/** Tokens that are evaluated together: llama.cpp's batch and micro-batch. */
export const batchSize = 512;

/** Numbers of `enum ggml_type` (`ggml.h`). */
const ggmlTypeNumbers: Readonly<Record<KvCacheType, number>> = { f16: 1, q4_0: 2, q8_0: 8 };

/** Parameters of a context with one conversation. */
export function contextParameters(
  contextSize: number,
  kvCacheType: KvCacheType,
): Record<string, unknown> {
  return {
    contextSize,
    batchSize,
    sequences: 1,
    // A quantized cache needs flash attention; else llama.cpp sees for itself whether it works.
    flashAttention: kvCacheType === 'f16' ? 'auto' : true,
    kvCacheKeyType: ggmlTypeNumbers[kvCacheType],
    kvCacheValueType: ggmlTypeNumbers[kvCacheType],
  };
}

/** Parameters of a model whose weights are not read: llama.cpp only counts what it would allocate. */
export function countingModelParameters(placement: EnginePlacement): Record<string, unknown> {
  return { noAlloc: true, gpuLayers: llamaGpuLayers(placement) };
}
