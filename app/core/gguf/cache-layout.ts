/**
 * What a conversation keeps in each layer, as llama.cpp allocates it (`llama-model.cpp`,
 * `create_memory`; `llama-hparams.cpp`; `src/models/<architecture>.cpp`, `load_arch_hparams`).
 */
import type { LayerLayout } from '../../contract/inspection.ts';
import type { TensorInfo } from './header.ts';
import type { Metadata } from './metadata.ts';
import { slidingWindow } from './sliding-window.ts';

type Cache = LayerLayout['cache'];

const nothing: Cache = { key: 0, value: 0, windowTokens: null, stateBytes: 0 };

/** Architectures whose layers all are recurrent (`llama-arch.cpp`, `llm_arch_is_recurrent`). */
const recurrent = new Set(['mamba', 'mamba2', 'rwkv6', 'rwkv6qwen2', 'rwkv7', 'arwkv7']);

/** Every so many layers one has attention, the others are recurrent. */
const attentionIntervals: Readonly<Record<string, number>> = {
  qwen3next: 4,
  qwen35: 4,
  qwen35moe: 4,
  qwen4exp: 4,
  'minimax-01': 8,
};

/** Layers without heads for keys and values are recurrent. */
const recurrentWithoutHeads = new Set([
  'jamba',
  'plamo2',
  'granitehybrid',
  'lfm2',
  'lfm2moe',
  'kimi-linear',
  'kimi-k3',
  'bailingmoe3',
]);

/** These keep the keys of a small index beside the attention's own. */
const indexed = new Set(['deepseek32', 'glm-dsa']);

/** Layers that llama.cpp runs: not those that only predict further tokens (MTP). */
export function runLayers(metadata: Metadata, blockCount: number): number {
  return blockCount - Math.min(blockCount, metadata.count('nextn_predict_layers') ?? 0);
}

/** The cache of every layer of the file. */
export function cacheLayout(
  metadata: Metadata,
  blockCount: number,
  tensors: ReadonlyMap<string, TensorInfo>,
): Cache[] {
  const running = runLayers(metadata, blockCount);
  const windowOf = slidingWindow(metadata, running);
  return Array.from({ length: blockCount }, (_, layer) => {
    if (layer >= running) return nothing;
    const parts = partsOf(metadata, layer);
    const stateBytes = parts.recurrent ? recurrentStateBytes(metadata) : 0;
    if (!parts.attention || !keepsOwnCache(metadata, layer, blockCount)) {
      return { ...nothing, stateBytes };
    }
    const windowTokens = windowOf(layer);
    return { ...headsOf(metadata, layer, windowTokens, tensors), windowTokens, stateBytes };
  });
}

/** Whether a layer has attention, a recurrent state, or (rarely) both or none. */
function partsOf(metadata: Metadata, layer: number): { attention: boolean; recurrent: boolean } {
  const { architecture } = metadata;
  if (recurrent.has(architecture)) return { attention: false, recurrent: true };
  if (architecture === 'falcon-h1') return { attention: true, recurrent: true };
  const heads = metadata.forLayer('attention.head_count_kv', layer);
  if (architecture.startsWith('nemotron_h')) {
    const feedForward = (metadata.forLayer('feed_forward_length', layer) ?? 0) > 0;
    return { attention: heads !== 0 && !feedForward, recurrent: heads === 0 && !feedForward };
  }
  const interval = attentionIntervals[architecture];
  if (interval !== undefined) {
    const listed = metadata.perLayer('attention.recurrent_layers');
    const every = metadata.count('full_attention_interval') ?? interval;
    const isRecurrent = listed.length > 1 ? listed[layer] === 1 : (layer + 1) % every !== 0;
    return { attention: !isRecurrent, recurrent: isRecurrent };
  }
  if (recurrentWithoutHeads.has(architecture)) {
    return { attention: heads !== 0, recurrent: heads === 0 };
  }
  return { attention: heads !== 0, recurrent: false };
}

/** Gemma's last layers read the cache of earlier ones. */
function keepsOwnCache(metadata: Metadata, layer: number, blockCount: number): boolean {
  if (metadata.architecture === 'gemma3n') return layer < 20;
  if (metadata.architecture !== 'gemma4') return true;
  return layer < blockCount - (metadata.count('attention.shared_kv_layers') ?? 0);
}

/** Values of keys and of values that a token adds in one layer with attention. */
function headsOf(
  metadata: Metadata,
  layer: number,
  windowTokens: number | null,
  tensors: ReadonlyMap<string, TensorInfo>,
): { key: number; value: number } {
  const heads =
    metadata.forLayer('attention.head_count_kv', layer) ??
    metadata.forLayer('attention.head_count', layer);
  if (heads === undefined) return fromShapes(layer, tensors);
  const key = heads * headLength('key', metadata, windowTokens);
  // Multi-head latent attention keeps one joint vector, from which both are computed.
  const latent = (metadata.count('attention.key_length_mla') ?? 0) > 0;
  const value = latent ? 0 : heads * headLength('value', metadata, windowTokens);
  return { key: key + indexLength(metadata), value };
}

function headLength(kind: 'key' | 'value', metadata: Metadata, window: number | null): number {
  const inWindow = window === null ? undefined : metadata.count(`attention.${kind}_length_swa`);
  const heads = metadata.forLayer('attention.head_count', 0) ?? 1;
  const split = Math.floor((metadata.count('embedding_length') ?? 0) / Math.max(1, heads));
  return inWindow ?? metadata.count(`attention.${kind}_length`) ?? split;
}

function indexLength(metadata: Metadata): number {
  if (!indexed.has(metadata.architecture)) return 0;
  return metadata.count('attention.indexer.key_length') ?? 0;
}

/** Where the metadata does not tell, the matrices that make keys and values do. */
function fromShapes(
  layer: number,
  tensors: ReadonlyMap<string, TensorInfo>,
): { key: number; value: number } {
  const rows = (name: string) => tensors.get(`blk.${layer}.${name}.weight`)?.shape[1] ?? 0;
  return { key: rows('attn_k'), value: rows('attn_v') };
}

/** States are kept as F32 (`llama-memory-recurrent.cpp`; `n_embd_r` and `n_embd_s`). */
function recurrentStateBytes(metadata: Metadata): number {
  const count = (name: string) => metadata.count(name) ?? 0;
  const embedding = count('embedding_length');
  const heads = metadata.largest('attention.head_count') ?? 0;
  const bytes = (convolution: number, state: number) => 4 * (convolution + state);
  const wkvHead = count('wkv.head_size');
  if (wkvHead > 0) {
    return bytes((metadata.count('token_shift_count') ?? 2) * embedding, embedding * wkvHead);
  }
  const shortConvolution = count('shortconv.l_cache');
  if (shortConvolution > 0) return bytes(embedding * (shortConvolution - 1), 0);
  const kernel = count('ssm.conv_kernel');
  const deltaHead = count('kda.head_dim');
  if (deltaHead > 0) {
    const steps = kernel > 0 ? kernel - 1 : 3;
    return bytes(3 * steps * heads * deltaHead, deltaHead * deltaHead * heads);
  }
  const inner = count('ssm.inner_size');
  const state = count('ssm.state_size');
  const convolution = Math.max(0, kernel - 1) * (inner + 2 * count('ssm.group_count') * state);
  return bytes(convolution, state * inner);
}
