/**
 * Sparse attention chooses the tokens that it looks at with an indexer, whose keys are kept besides
 * the others (llama.cpp `src/llama-kv-cache-dsa.cpp`, `llama-kv-cache-msa.cpp`,
 * `llama-memory-hybrid-idx.cpp`, `src/llama-model.cpp` for the layers that have one).
 */
import type { ArchitectureTraits } from './architectures.ts';
import type { CacheQuestion, KeyHeads } from './cache-question.ts';

/** GLM 5.2 lists no types: its context is this long at least. */
const contextOfGlm52 = 1_048_576;

/** Values a token of the indexer's keys, and of the values that llama.cpp allocates with them. */
export function indexerValues(
  question: CacheQuestion,
  { indexer }: ArchitectureTraits,
  { isLatent, valueLength }: KeyHeads,
  layer: number,
): { readonly key: number; readonly value: number } {
  const key = question.own.whole('attention.indexer.key_length') ?? 0;
  if (indexer === undefined || key === 0 || !hasIndexer(question, indexer, layer)) {
    return { key: 0, value: 0 };
  }
  // The cache of the indexer is an ordinary one with a single head; only latent ones lack values.
  const keyOnly = isLatent || indexer === 'attentionLayers';
  return { key, value: keyOnly ? 0 : valueLength };
}

function hasIndexer(
  { own, runLayers }: CacheQuestion,
  indexer: NonNullable<ArchitectureTraits['indexer']>,
  layer: number,
): boolean {
  if (indexer === 'afterDenseLayers') {
    return layer >= (own.whole('leading_dense_block_count') ?? 0);
  }
  if (layer >= runLayers) return false;
  if (indexer !== 'byTypes') return true;
  if (own.architecture === 'hy_v4' && (own.whole('attention.indexer.top_k') ?? 0) === 0) {
    return false;
  }
  const types = own.list('attention.indexer.types');
  if (types) return (types[layer] ?? 0) !== 0;
  if (own.architecture !== 'glm-dsa') return false;
  if ((own.whole('context_length') ?? 0) < contextOfGlm52) return true;
  return layer < 2 || (layer - 2) % 4 === 0;
}
