/** Sorts tensors by what they do, from their names (llama.cpp `src/llama-arch.cpp`). */

/** What a tensor belongs to. Routers and norms are `other`. */
export type TensorClass =
  'embedding' | 'attention' | 'dense' | 'sharedExperts' | 'routedExperts' | 'other';

/** The class of the tensor with this name. */
export function tensorClass(name: string): TensorClass {
  if (/^(token_embd|output|per_layer_token_embd|position_embd)\./.test(name)) return 'embedding';
  if (/\.ffn_(gate|up|down|gate_up)_(ch)?exps\b/.test(name)) return 'routedExperts';
  if (/\.ffn_(gate|up|down|gate_up)_shexp\b/.test(name)) return 'sharedExperts';
  if (/\.ffn_(gate|up|down)\./.test(name)) return 'dense';
  if (/\.attn_(?!.*norm)/.test(name)) return 'attention';
  return 'other';
}
