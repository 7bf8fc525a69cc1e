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
  readonly seed?: number;
}

/**
 * What a request gives wins. Else a small model always takes its most likely token, since anything
 * else is noise; others get the mild randomness that most publishers recommend.
 */
export function withDefaults(requested: Sampling, modelBytes: number): ChosenSampling {
  const { temperature, topK = 40, topP = 0.95, minP = 0.05, seed } = requested;
  return {
    temperature: temperature ?? (modelBytes < smallModelBytes ? 0 : 0.7),
    topK,
    topP,
    minP,
    ...(seed === undefined ? {} : { seed }),
  };
}
