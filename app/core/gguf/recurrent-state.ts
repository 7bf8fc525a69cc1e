/**
 * Layers with a state of a fixed size instead of keys and values, and that size (llama.cpp
 * `llama_hparams::n_embd_r` and `n_embd_s`, `src/llama-memory-recurrent.cpp`).
 */
import type { ArchitectureTraits } from './architectures.ts';
import type { CacheQuestion, KeyHeads } from './cache-question.ts';
import type { OwnMetadata } from './own-metadata.ts';

/** Whether each layer is recurrent. */
export function recurrentLayers(
  { own, layers, runLayers }: CacheQuestion,
  { recurrence }: ArchitectureTraits,
  { keyHeads }: KeyHeads,
): boolean[] {
  const listed = own.list('attention.recurrent_layers');
  const feedForward = own.perLayer('feed_forward_length', layers);
  const every = own.whole('full_attention_interval');
  return Array.from({ length: layers }, (_, layer) => {
    if (recurrence === undefined || layer >= runLayers) return false;
    if (recurrence === 'all' || recurrence === 'allBesides') return true;
    if (recurrence === 'withoutKeyHeads') return keyHeads[layer] === 0;
    if (recurrence === 'withoutKeyHeadsAndFeedForward') {
      return keyHeads[layer] === 0 && (feedForward?.[layer] ?? 0) === 0;
    }
    if (listed) return (listed[layer] ?? 0) !== 0;
    return (layer + 1) % (every ?? recurrence.attentionEvery) !== 0;
  });
}

/** Bytes of one layer's state for one conversation; llama.cpp keeps it in F32. */
export function recurrentStateBytes(
  own: OwnMetadata,
  traits: ArchitectureTraits,
  heads: KeyHeads,
): number {
  const { convolution, state } = stateValues(own, traits, heads);
  return (convolution + state) * Float32Array.BYTES_PER_ELEMENT;
}

interface StateValues {
  /** The last inputs of a convolution, or of a token shift. */
  readonly convolution: number;
  readonly state: number;
}

function stateValues(
  own: OwnMetadata,
  { withoutGroups = false }: ArchitectureTraits,
  { queryHeads, keyLength }: KeyHeads,
): StateValues {
  const embedding = own.whole('embedding_length') ?? 0;
  const [heads = 0] = queryHeads;
  const kernel = own.whole('ssm.conv_kernel') ?? 0;
  const inner = own.whole('ssm.inner_size') ?? 0;
  const stateSize = own.whole('ssm.state_size') ?? 0;
  const groups = withoutGroups ? 0 : (own.whole('ssm.group_count') ?? 0);
  const state = stateSize * inner;

  const wkvHead = own.whole('wkv.head_size');
  if (wkvHead) {
    const shifts = own.whole('token_shift_count') ?? 2;
    return { convolution: shifts * embedding, state: embedding * wkvHead };
  }
  const shortConvolution = own.whole('shortconv.l_cache');
  if (shortConvolution) return { convolution: embedding * (shortConvolution - 1), state };
  const deltaHead = own.whole('kda.head_dim');
  if (deltaHead) {
    const rows = kernel > 0 ? kernel - 1 : 3;
    return { convolution: 3 * rows * heads * deltaHead, state: deltaHead * deltaHead * heads };
  }
  if (own.architecture === 'minimax-01') {
    return { convolution: 0, state: keyLength * keyLength * heads };
  }
  return { convolution: Math.max(0, kernel - 1) * (inner + 2 * groups * stateSize), state };
}
