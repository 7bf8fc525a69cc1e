/**
 * Which layers see only the last tokens, and how many (llama.cpp `src/models/*.cpp`,
 * `load_swa_pattern`; `llama-hparams.cpp`, `set_swa_pattern`).
 */
import type { Metadata } from './metadata.ts';

/** Every so many layers one sees everything; `first`: it is the first of them, not the last. */
interface Pattern {
  readonly every: number;
  readonly first?: true;
  /** Used where the file does not name the window. */
  readonly windowTokens?: number;
}

const patterns: Readonly<Record<string, Pattern>> = {
  afmoe: { every: 4 },
  cohere2: { every: 4 },
  cohere2moe: { every: 4, first: true },
  'exaone-moe': { every: 4, windowTokens: 128 },
  exaone4: { every: 4 },
  gemma2: { every: 2, windowTokens: 4096 },
  gemma3: { every: 6 },
  gemma3n: { every: 5 },
  'gpt-oss': { every: 2 },
  laguna: { every: 4, first: true },
  llama4: { every: 4, windowTokens: 8192 },
  mellum: { every: 4 },
  'muse-glimmer': { every: 4 },
  olmo2: { every: 4 },
  plamo3: { every: 8 },
  smallthinker: { every: 4, first: true },
};

/** These name each layer in the file. */
const listed = new Set([
  'dots3note',
  'gemma4',
  'granite_swa',
  'maple',
  'mimo2',
  'spark2-5',
  'step35',
]);

/** A function from a layer to its window; null for a layer that sees the whole context. */
export function slidingWindow(
  metadata: Metadata,
  layers: number,
): (layer: number) => number | null {
  const { architecture } = metadata;
  const pattern = patterns[architecture];
  const named = metadata.count('attention.sliding_window');
  // llama4 attends in chunks of a fixed size unless the file says that it does not.
  const fixed = architecture === 'llama4' && named !== 0 ? pattern?.windowTokens : undefined;
  const windowTokens = fixed ?? named ?? pattern?.windowTokens ?? 0;
  if (windowTokens === 0) return () => null;
  const list = metadata.perLayer('attention.sliding_window_pattern');
  if (list.length > 1) return (layer) => (list[layer] === 1 ? windowTokens : null);
  if (architecture === 'lfm2') return () => windowTokens;
  if (pattern === undefined || listed.has(architecture)) return () => null;
  const every = list[0] ?? pattern.every;
  return (layer) => {
    if (layer >= layers) return null;
    const inWindow =
      every === 0 || (pattern.first ? layer % every !== 0 : layer % every < every - 1);
    return inWindow ? windowTokens : null;
  };
}
