/** How tokens are chosen when nobody says otherwise. */
import type { Sampling } from '../contract/answers.ts';

/** A model with fewer bytes of weights knows little beside its most likely word. */
const smallModelBytes = 100_000_000;

/** Sampling with nothing left open but the seed. */
export interface ChosenSampling {
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
  readonly repeatPenalty: number;
  readonly presencePenalty: number;
  readonly frequencyPenalty: number;
  readonly seed?: number;
}

/**
 * What a request gives wins. Else a small model always takes its most likely token, since anything
 * else is noise; others get the mild randomness that most publishers recommend, and no penalties.
 */
export function withDefaults(requested: Sampling, modelBytes: number): ChosenSampling {
  const { temperature, seed } = requested;
  return {
    temperature: temperature ?? (modelBytes < smallModelBytes ? 0 : 0.7),
    topK: requested.topK ?? 40,
    topP: requested.topP ?? 0.95,
    minP: requested.minP ?? 0.05,
    repeatPenalty: requested.repeatPenalty ?? 1,
    presencePenalty: requested.presencePenalty ?? 0,
    frequencyPenalty: requested.frequencyPenalty ?? 0,
    ...(seed === undefined ? {} : { seed }),
  };
}

/** True where tokens that were generated before become less likely. */
export function isPenalised(sampling: ChosenSampling): boolean {
  const { repeatPenalty, presencePenalty, frequencyPenalty } = sampling;
  return repeatPenalty !== 1 || presencePenalty !== 0 || frequencyPenalty !== 0;
}

/** Penalties look back this many tokens. */
export const penalisedTokens = 64;
