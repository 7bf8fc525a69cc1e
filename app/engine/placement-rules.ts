/**
 * Turns a placement into llama.cpp's terms: its number of GPU layers, and rules for single tensors.
 * Pure.
 */
import type { EnginePlacement } from '../contract/engine.ts';

/** A regular expression over tensor names, and the device whose memory takes what matches. */
export type PlacementRule = readonly [pattern: string, device: string];

/**
 * llama.cpp counts the output as one more layer and puts it on the GPU first (`llama-model.cpp`,
 * `i_gpu_start`).
 */
export function llamaGpuLayers({ gpuLayers }: Pick<EnginePlacement, 'gpuLayers'>): number {
  return gpuLayers === 0 ? 0 : gpuLayers + 1;
}

/**
 * Keeps the routed experts of the named layers in main memory: the rule behind llama.cpp's
 * `--n-cpu-moe` (`common/common.h`, `LLM_FFN_EXPS_REGEX`), for any layers and for single matrices.
 */
export function placementRules({
  expertLayersInMemory: layers,
  expertMatrices: matrices,
}: Pick<EnginePlacement, 'expertLayersInMemory' | 'expertMatrices'>): PlacementRule[] {
  if (layers.length === 0 || matrices.length === 0) return [];
  const joint = matrices.includes('gate') || matrices.includes('up') ? ['gate_up'] : [];
  const names = [...matrices, ...joint].join('|');
  return [[String.raw`^blk\.(${layers.join('|')})\.ffn_(${names})_(ch|)exps\.`, 'CPU']];
}
