/** Sorts tensors by what they do, from their names (llama.cpp `src/llama-arch.cpp`). */

/** What a tensor belongs to. Recurrent layers count as attention; routers and norms are `other`. */
export type TensorClass =
  'embedding' | 'attention' | 'dense' | 'sharedExperts' | 'routedExperts' | 'other';

/** The class of the tensor with this name. */
export function tensorClass(name: string): TensorClass {
  if (/^(token_embd|output|per_layer_token_embd|position_embd|token_types)\./.test(name)) {
    return 'embedding';
  }
  if (expertMatrix(name) !== undefined) return 'routedExperts';
  if (/\.ffn_(gate|up|down|gate_up)_shexp\b/.test(name)) return 'sharedExperts';
  if (/\.ffn_(gate|up|down|latent_up|latent_down)\./.test(name)) return 'dense';
  if (name.includes('norm')) return 'other';
  if (name.includes('.channel_mix_')) return 'dense';
  return /\.(attn|cross_attn|ssm|shortconv|time_mix|indexer)[._]/.test(name)
    ? 'attention'
    : 'other';
}

/** A matrix of routed experts. `gateUp`: gate and up in one. */
export type ExpertMatrix = 'gate' | 'up' | 'down' | 'gateUp';

/**
 * Which matrix of the routed experts a tensor belongs to. Old files have a tensor for each expert
 * (`ffn_up.3`); the pinned llama.cpp does not load them any more.
 */
export function expertMatrix(name: string): ExpertMatrix | undefined {
  const match = /\.ffn_(gate_up|gate|up|down)(_(ch)?exps\b|\.\d+\.)/.exec(name);
  if (!match) return undefined;
  return match[1] === 'gate_up' ? 'gateUp' : (match[1] as ExpertMatrix);
}

/** The layer of a tensor (`blk.N.…`); undefined for what stands outside the layers. */
export function layerOf(name: string): number | undefined {
  const match = /^blk\.(\d{1,6})\./.exec(name);
  return match ? Number(match[1]) : undefined;
}
