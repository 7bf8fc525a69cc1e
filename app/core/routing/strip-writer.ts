/** Turns the choices of an answer, part by part, into the bars of its expert strip. Pure. */
import type { StripToken } from '../../contract/routing.ts';
import type { ExpertChoices } from './expert-choices.ts';
import type { RareExperts } from './rare-experts.ts';

/**
 * An answer of a new kind (another language, code) may take rare experts throughout: that is what
 * it is like, and no token of it stands out. At most every twentieth token so far is marked.
 */
const tokensForEachMark = 20;

export class StripWriter {
  #tokens = 0;
  #marked = 0;

  /** The bars of the next tokens. */
  next(choices: ExpertChoices, rare: RareExperts): StripToken[] {
    return choices.texts.map((text, token) => {
      this.#tokens += 1;
      const mayMark = (this.#marked + 1) * tokensForEachMark <= this.#tokens;
      const marks = mayMark && takesRareExpert(choices, token, rare);
      if (marks) this.#marked += 1;
      return { text, certainty: certaintyOf(choices, token), rare: marks };
    });
  }
}

/**
 * How sure the router was of one token, 0 to 1: the strongest expert's share, stretched so that 0
 * stands for equal shares, averaged over the layers. Where only one expert is used its share is all.
 */
export function certaintyOf({ shape, weights }: ExpertChoices, token: number): number {
  const { layers, usedCount } = shape;
  let sum = 0;
  for (const layer of layers.keys()) {
    const first = (token * layers.length + layer) * usedCount;
    const own = weights.subarray(first, first + usedCount);
    const total = own.reduce((all, weight) => all + weight, 0);
    if (total === 0) continue;
    const share = Math.max(...own) / total;
    sum += usedCount === 1 ? 1 : (share * usedCount - 1) / (usedCount - 1);
  }
  return Math.min(1, Math.max(0, sum / layers.length));
}

function takesRareExpert({ shape, experts }: ExpertChoices, token: number, rare: RareExperts) {
  if (rare.size === 0) return false;
  const { layers, expertCount, usedCount } = shape;
  const each = layers.length * usedCount;
  return experts
    .subarray(token * each, (token + 1) * each)
    .some((expert, place) => rare.has(Math.floor(place / usedCount) * expertCount + expert));
}
