/** Sorts tensors by what they do, from their names (llama.cpp `src/llama-arch.cpp`). */
import type { BytesByClass } from '../../contract/inspection.ts';

/** What a tensor belongs to. Routers and norms are `other`. */
export type TensorClass = keyof BytesByClass;

/** All classes, in the order of a token's way. */
export const tensorClasses: readonly TensorClass[] = [
  'embedding',
  'attention',
  'dense',
  'sharedExperts',
  'routedExperts',
  'other',
];

/** The class of the tensor with this name. Recurrent mixers do what attention does elsewhere. */
export function tensorClass(name: string): TensorClass {
  if (/^(token_embd|output|per_layer_token_embd|position_embd)\./.test(name)) return 'embedding';
  if (expertMatrix(name) !== null) return 'routedExperts';
  if (/\.ffn_(gate|up|down|gate_up)_shexp\b/.test(name)) return 'sharedExperts';
  if (/\.ffn_(gate|up|down)\./.test(name)) return 'dense';
  if (name.includes('norm')) return 'other';
  return /\.(attn|ssm|shortconv|time_mix)_?/.test(name) ? 'attention' : 'other';
}

/** Which matrix of the routed experts a tensor is (or is one expert of); null for other tensors. */
export function expertMatrix(name: string): 'up' | 'gate' | 'down' | 'gateUp' | null {
  // Files of 2023 and 2024 have a tensor for each expert.
  const match =
    /\.ffn_(gate_up|gate|up|down)_(?:ch)?exps\b/.exec(name) ??
    /\.ffn_(gate|up|down)\.\d+\./.exec(name);
  const matrix = match?.[1];
  if (matrix === 'gate_up') return 'gateUp';
  return matrix === 'up' || matrix === 'gate' || matrix === 'down' ? matrix : null;
}

/** The layer that a tensor belongs to; null for those outside of layers. */
export function layerOf(name: string): number | null {
  const match = /^blk\.(\d+)\./.exec(name);
  return match ? Number(match[1]) : null;
}
