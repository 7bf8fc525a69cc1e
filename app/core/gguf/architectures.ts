/**
 * What llama.cpp does differently from architecture to architecture when it keeps a conversation:
 * which layers are recurrent, which see only a window, which keep further keys. Facts of the pinned
 * version, from `src/llama-arch.cpp`, `src/llama-model.cpp` (`create_memory`) and `src/models/*.cpp`.
 */

/** How a sliding window is laid over the layers (`load_swa_pattern`). */
export interface WindowRule {
  /**
   * Of so many layers in a row one sees the whole context, the last one (0: none does). A list in
   * the file has precedence; `null`: only the list tells.
   */
  readonly pattern: number | null;
  /** Not the last but the first of a row sees the whole context. */
  readonly wholeFirst?: boolean;
  /** Tokens in view if the file does not say. */
  readonly usualTokens?: number;
  /** Tokens in view whatever the file says. */
  readonly fixedTokens?: number;
  /** There is a window only if the file gives one. */
  readonly onlyIfGiven?: boolean;
  /** Only models with so many layers have a window. */
  readonly onlyWithLayers?: number;
}

/**
 * Which layers are recurrent: `all`; `withoutKeyHeads`; `withoutKeyHeadsAndFeedForward`; `allBesides`
 * their attention; or all but each n-th.
 */
export type RecurrenceRule =
  | 'all'
  | 'withoutKeyHeads'
  | 'withoutKeyHeadsAndFeedForward'
  | 'allBesides'
  | { readonly attentionEvery: number };

/** What is special about an architecture. */
export interface ArchitectureTraits {
  /** It generates nothing from left to right and keeps nothing. */
  readonly keepsNothing?: boolean;
  readonly recurrence?: RecurrenceRule;
  /** The state of Mamba 1, which has no groups, whatever the file says. */
  readonly withoutGroups?: boolean;
  readonly windows?: WindowRule;
  /** Layers from here on reuse the cache of earlier ones. */
  readonly cachedLayers?: number;
  /** Keys of an indexer that are kept besides the others (sparse attention). */
  readonly indexer?: 'everyLayer' | 'byTypes' | 'afterDenseLayers' | 'attentionLayers';
  /** The window's tokens, and the whole context in compressed form (DeepSeek V4). */
  readonly compressed?: boolean;
}

const nothing: ArchitectureTraits = { keepsNothing: true };
const listed: ArchitectureTraits = { windows: { pattern: null } };
const withoutKeyHeads: ArchitectureTraits = { recurrence: 'withoutKeyHeads' };
const everyFourth: ArchitectureTraits = { recurrence: { attentionEvery: 4 } };

const traits: Readonly<Record<string, ArchitectureTraits>> = {
  bert: nothing,
  'modern-bert': nothing,
  'nomic-bert': nothing,
  'nomic-bert-moe': nothing,
  'neo-bert': nothing,
  'jina-bert-v2': nothing,
  'jina-bert-v3': nothing,
  eurobert: nothing,
  'wavtokenizer-dec': nothing,
  'gemma-embedding': nothing,
  dream: nothing,
  llada: nothing,
  'llada-moe': nothing,
  rnd1: nothing,

  mamba: { recurrence: 'all', withoutGroups: true },
  mamba2: { recurrence: 'all' },
  rwkv6: { recurrence: 'all' },
  rwkv6qwen2: { recurrence: 'all' },
  rwkv7: { recurrence: 'all' },
  arwkv7: { recurrence: 'all' },

  jamba: { recurrence: 'withoutKeyHeads', withoutGroups: true },
  plamo2: withoutKeyHeads,
  granitehybrid: withoutKeyHeads,
  lfm2: { recurrence: 'withoutKeyHeads', windows: { pattern: 0, onlyIfGiven: true } },
  lfm2moe: withoutKeyHeads,
  'kimi-linear': withoutKeyHeads,
  bailingmoe3: withoutKeyHeads,
  'kimi-k3': withoutKeyHeads,
  nemotron_h: { recurrence: 'withoutKeyHeadsAndFeedForward' },
  nemotron_h_moe: { recurrence: 'withoutKeyHeadsAndFeedForward' },
  'falcon-h1': { recurrence: 'allBesides' },
  qwen3next: everyFourth,
  qwen35: everyFourth,
  qwen35moe: everyFourth,
  qwen4exp: { ...everyFourth, indexer: 'attentionLayers' },
  'minimax-01': { recurrence: { attentionEvery: 8 } },

  gemma2: { windows: { pattern: 2, usualTokens: 4096 } },
  gemma3: { windows: { pattern: 6, onlyIfGiven: true } },
  gemma3n: { windows: { pattern: 5 }, cachedLayers: 20 },
  gemma4: listed,
  granite_swa: listed,
  maple: listed,
  mimo2: listed,
  spark2_5: listed,
  step35: listed,
  'gpt-oss': { windows: { pattern: 2 } },
  cohere2: { windows: { pattern: 4 } },
  cohere2moe: { windows: { pattern: 4, wholeFirst: true } },
  'muse-glimmer': { windows: { pattern: 4 } },
  'exaone-moe': { windows: { pattern: 4, usualTokens: 128 } },
  exaone4: { windows: { pattern: 4, usualTokens: 4096, onlyWithLayers: 64 } },
  afmoe: { windows: { pattern: 4, onlyIfGiven: true } },
  mellum: { windows: { pattern: 4, onlyIfGiven: true } },
  olmo2: { windows: { pattern: 4, onlyIfGiven: true } },
  plamo3: { windows: { pattern: 8, onlyIfGiven: true } },
  laguna: { windows: { pattern: 4, wholeFirst: true, onlyIfGiven: true } },
  smallthinker: {
    windows: { pattern: 4, wholeFirst: true, onlyIfGiven: true, fixedTokens: 4096 },
  },
  llama4: { windows: { pattern: 4, fixedTokens: 8192 } },

  deepseek32: { indexer: 'everyLayer' },
  'glm-dsa': { indexer: 'byTypes' },
  hy_v4: { indexer: 'byTypes' },
  dots3note: { windows: { pattern: null }, indexer: 'byTypes' },
  'minimax-m3': { indexer: 'afterDenseLayers' },
  deepseek4: { windows: { pattern: 0 }, compressed: true },
};

/** What is special about an architecture; nothing for most and for unknown ones. */
export function traitsOf(architecture: string): ArchitectureTraits {
  return Object.hasOwn(traits, architecture) ? (traits[architecture] ?? {}) : {};
}

// prettier-ignore
const known = new Set([
  'llama', 'llama4', 'deci', 'falcon', 'grok', 'gpt2', 'gptj', 'gptneox', 'mpt', 'baichuan',
  'starcoder', 'refact', 'bert', 'modern-bert', 'nomic-bert', 'nomic-bert-moe', 'neo-bert',
  'jina-bert-v2', 'jina-bert-v3', 'eurobert', 'bloom', 'stablelm', 'qwen', 'qwen2', 'qwen2moe',
  'qwen2vl', 'qwen3', 'qwen3moe', 'qwen3next', 'qwen3vl', 'qwen3vlmoe', 'qwen35', 'qwen35moe',
  'qwen4exp', 'phi2', 'phi3', 'phimoe', 'plamo', 'plamo2', 'plamo3', 'codeshell', 'orion',
  'internlm2', 'minicpm', 'minicpm3', 'gemma', 'gemma2', 'gemma3', 'gemma3n', 'gemma4',
  'gemma4-assistant', 'gemma-embedding', 'starcoder2', 'mamba', 'mamba2', 'maple', 'jamba',
  'falcon-h1', 'xverse', 'command-r', 'cohere2', 'cohere2moe', 'dbrx', 'olmo', 'olmo2', 'olmoe',
  'muse-glimmer', 'openelm', 'arctic', 'deepseek', 'deepseek2', 'deepseek2-ocr', 'deepseek32',
  'deepseek4', 'chatglm', 'glm4', 'glm4moe', 'glm-dsa', 'bitnet', 't5', 't5encoder', 'jais',
  'jais2', 'nemotron', 'nemotron_h', 'nemotron_h_moe', 'exaone', 'exaone4', 'exaone-moe', 'rwkv6',
  'rwkv6qwen2', 'rwkv7', 'arwkv7', 'granite', 'granitemoe', 'granitehybrid', 'graniteswitch',
  'granite_swa', 'chameleon', 'wavtokenizer-dec', 'plm', 'bailingmoe', 'bailingmoe2',
  'bailingmoe3', 'dots1', 'dots3note', 'arcee', 'afmoe', 'laguna', 'ernie4_5', 'ernie4_5-moe',
  'hunyuan-moe', 'hunyuan-dense', 'hunyuan_vl', 'hy_v3', 'hy_v4', 'smollm3', 'gpt-oss', 'lfm2',
  'lfm2moe', 'dream', 'smallthinker', 'llada', 'llada-moe', 'seed_oss', 'grovemoe', 'apertus',
  'minimax-01', 'hrm_text', 'minimax-m2', 'minimax-m3', 'cogvlm', 'rnd1', 'pangu-embedded',
  'mistral3', 'eagle3', 'dflash', 'mistral4', 'paddleocr', 'mimo2', 'step35', 'spark2_5',
  'llama-embed', 'maincoder', 'kimi-linear', 'kimi-k3', 'talkie', 'mellum', 'nanbeige', 'qwen3tts',
  'pockettts',
]);

/** Whether the pinned llama.cpp knows the architecture. */
export function isKnownArchitecture(architecture: string): boolean {
  return known.has(architecture);
}
