/**
 * What a conversation keeps in each layer, as the pinned llama.cpp allocates it
 * (`src/llama-hparams.cpp`, `src/llama-kv-cache*.cpp`, `src/llama-memory-*.cpp`): keys and values of
 * each token, or a state of a fixed size.
 */
import { isKnownArchitecture, traitsOf, type ArchitectureTraits } from './architectures.ts';
import type { CacheQuestion, KeyHeads, LayerCache } from './cache-question.ts';
import { HeaderDamage } from './header-damage.ts';
import { indexerValues } from './indexer-cache.ts';
import type { OwnMetadata } from './own-metadata.ts';
import { recurrentLayers, recurrentStateBytes } from './recurrent-state.ts';
import { windowedLayers } from './sliding-window.ts';

const nothing: LayerCache = {
  key: 0,
  value: 0,
  compressed: 0,
  windowTokens: null,
  stateBytes: 0,
};

/** No layer of any model comes near; what lies beyond is damage and would not be a safe integer. */
const mostOfLayer = 2 ** 40;

/** The caches of all layers, those that are not run included. Throws `HeaderDamage`. */
export function cacheLayouts(question: CacheQuestion): LayerCache[] {
  const caches = describedLayouts(question);
  const isPossible = ({ key, value, compressed, stateBytes }: LayerCache) =>
    Math.max(key, value, compressed, stateBytes) <= mostOfLayer;
  if (!caches.every(isPossible)) throw new HeaderDamage('its attention has impossible sizes');
  return caches;
}

function describedLayouts(question: CacheQuestion): LayerCache[] {
  const { own, layers } = question;
  const indexes = Array.from({ length: layers }, (_, layer) => layer);
  if (!isKnownArchitecture(own.architecture)) {
    return indexes.map((layer) => cacheByShape(question, layer));
  }
  const traits = traitsOf(own.architecture);
  if (traits.keepsNothing) return indexes.map(() => nothing);
  const heads = keyHeads(question);
  const recurrent = recurrentLayers(question, traits, heads);
  const windows = windowedLayers(question, traits);
  const stateBytes = recurrent.includes(true) ? recurrentStateBytes(own, traits, heads) : 0;
  return indexes.map((layer) => {
    const state = recurrent[layer] ? { ...nothing, stateBytes } : nothing;
    if (!keepsKeys(question, traits, recurrent, layer)) return state;
    const windowTokens = windows[layer] ?? null;
    const attention = attentionCache(question, traits, heads, layer, windowTokens);
    return { ...attention, stateBytes: attention.stateBytes + state.stateBytes };
  });
}

function keyHeads({ own, layers }: CacheQuestion): KeyHeads {
  const none = new Array<number>(layers).fill(0);
  const queryHeads = own.perLayer('attention.head_count', layers) ?? none;
  const [first = 0] = queryHeads;
  const usual = first > 0 ? Math.floor((own.whole('embedding_length') ?? 0) / first) : 0;
  // Models without attention in the first layer have no lengths of heads; PLaMo 2 has them still.
  const given = first > 0 || own.architecture === 'plamo2';
  const keyLength = (given ? own.whole('attention.key_length') : 0) ?? usual;
  const valueLength = (given ? own.whole('attention.value_length') : 0) ?? usual;
  return {
    queryHeads,
    keyHeads: own.perLayer('attention.head_count_kv', layers) ?? queryHeads,
    keyLength,
    valueLength,
    keyLengthInWindow: own.whole('attention.key_length_swa') ?? keyLength,
    valueLengthInWindow: own.whole('attention.value_length_swa') ?? valueLength,
    isLatent:
      (own.whole('attention.key_length_mla') ?? 0) > 0 &&
      (own.whole('attention.value_length_mla') ?? 0) > 0,
  };
}

/** Whether llama.cpp keeps keys in this layer (the filters of `create_memory`). */
function keepsKeys(
  { own, layers, runLayers }: CacheQuestion,
  { recurrence, cachedLayers }: ArchitectureTraits,
  recurrent: readonly boolean[],
  layer: number,
): boolean {
  if (recurrence === 'all') return false;
  if (recurrent[layer] && recurrence !== 'allBesides') return false;
  if (recurrence === 'withoutKeyHeadsAndFeedForward') {
    const feedForward = own.perLayer('feed_forward_length', layers);
    if ((feedForward?.[layer] ?? 0) > 0) return false;
  }
  if (layer >= runLayers) return keepsUnrunLayers.has(own.architecture);
  const shared = own.whole('attention.shared_kv_layers') ?? 0;
  const cached = own.architecture === 'gemma4' ? layers - shared : cachedLayers;
  return cached === undefined || layer < cached;
}

/** Architectures whose cache has room for the layers that are not run. */
const keepsUnrunLayers = new Set(['hy_v4', 'bailingmoe3']);

function attentionCache(
  question: CacheQuestion,
  traits: ArchitectureTraits,
  heads: KeyHeads,
  layer: number,
  windowTokens: number | null,
): LayerCache {
  const keyHeads = (heads.keyHeads[layer] ?? 0) * rounds(question.own);
  const inWindow = windowTokens !== null;
  const key = keyHeads * (inWindow ? heads.keyLengthInWindow : heads.keyLength);
  const value = keyHeads * (inWindow ? heads.valueLengthInWindow : heads.valueLength);
  if (traits.compressed) return compressedCache(question.own, layer, key, windowTokens);
  const indexer = indexerValues(question, traits, heads, layer);
  return {
    key: key + indexer.key,
    value: (heads.isLatent ? 0 : value) + indexer.value,
    compressed: 0,
    windowTokens,
    stateBytes: 0,
  };
}

/** Nanbeige goes through its layers several times, each time with a cache of its own. */
function rounds(own: OwnMetadata): number {
  return own.architecture === 'nanbeige' ? (own.whole('num_loops') ?? 1) : 1;
}

/**
 * DeepSeek V4 (`src/llama-kv-cache-dsv4.cpp`): keys only, of the window's tokens; besides, one key
 * for each 4 or 128 tokens, with the compressor's state, and with the ratio 4 an indexer's as well.
 */
function compressedCache(
  own: OwnMetadata,
  layer: number,
  key: number,
  windowTokens: number | null,
): LayerCache {
  const ratio = own.list('attention.compress_ratios')?.[layer] ?? 0;
  const window = { key, value: 0, windowTokens };
  if (ratio === 0) return { ...window, compressed: 0, stateBytes: 0 };
  const headLength = own.whole('attention.key_length') ?? key;
  const withIndexer = ratio === 4;
  const indexer = withIndexer ? (own.whole('attention.indexer.key_length') ?? 0) : 0;
  const rows = withIndexer ? 2 * ratio : ratio;
  const rowLength = withIndexer ? 2 * (headLength + indexer) : headLength;
  const stateBytes = 2 * rows * rowLength * Float32Array.BYTES_PER_ELEMENT;
  return { ...window, compressed: (key + indexer) / ratio, stateBytes };
}

/** An architecture that llama.cpp does not know: the matrices of keys and values tell their length. */
function cacheByShape({ runLayers, shapeOf }: CacheQuestion, layer: number): LayerCache {
  if (layer >= runLayers) return nothing;
  const width = (name: string) => shapeOf(layer, `${name}.weight`)?.[1] ?? 0;
  const key = width('attn_k') || width('attn_kv_a_mqa');
  return { ...nothing, key, value: width('attn_v') };
}
