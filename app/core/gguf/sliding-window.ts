/** Which layers see only the latest tokens (llama.cpp `llama_hparams::set_swa_pattern`). */
import type { ArchitectureTraits, WindowRule } from './architectures.ts';
import type { CacheQuestion } from './cache-question.ts';
import type { OwnMetadata } from './own-metadata.ts';

const patternKey = 'attention.sliding_window_pattern';

/** The tokens in view of each layer that has a window; null for the others. */
export function windowedLayers(
  { own, layers, runLayers }: CacheQuestion,
  { windows: rule, compressed = false }: ArchitectureTraits,
): (number | null)[] {
  const tokens = rule ? windowTokens(own, rule, runLayers) : null;
  return Array.from({ length: layers }, (_, layer) => {
    if (!rule || tokens === null) return null;
    // DeepSeek V4 has a window in the layers that are not run, too.
    if (layer >= runLayers) return compressed ? tokens : null;
    return isWindowed(own, rule, layer) ? tokens : null;
  });
}

function windowTokens(own: OwnMetadata, rule: WindowRule, runLayers: number): number | null {
  const given = own.whole('attention.sliding_window');
  if (rule.onlyWithLayers !== undefined && rule.onlyWithLayers !== runLayers) return null;
  if (rule.onlyIfGiven && !given) return null;
  // Llama 4 has its window unless the file says expressly that there is none.
  if (given === 0) return null;
  return rule.fixedTokens ?? given ?? rule.usualTokens ?? null;
}

function isWindowed(own: OwnMetadata, rule: WindowRule, layer: number): boolean {
  const listed = own.list(patternKey);
  if (listed) return (listed[layer] ?? 0) !== 0;
  const pattern = own.whole(patternKey) ?? rule.pattern ?? 1;
  if (pattern === 0) return true;
  return rule.wholeFirst ? layer % pattern !== 0 : layer % pattern < pattern - 1;
}
