/**
 * Which experts a model rarely uses. A mark should mean something, so an expert counts as rare only
 * where all of this holds:
 *
 * 1. Enough was counted: a router in balance would have chosen each expert of the layer 32 times.
 * 2. The expert was chosen at most an eighth as often as that. In a balanced router chance does not
 *    bring any expert there (Poisson, 4 or fewer where 32 are expected: one in 10^9).
 * 3. The rarest experts of all layers together, this one included, were chosen for at most 3% of the
 *    tokens that were counted; so at most 3% of those tokens are marked.
 */
import type { ExpertCounts } from './expert-counts.ts';

const leastExpectedUses = 32;
const rareShareOfBalance = 1 / 8;
const markedTokens = 0.03;

/** One flag for each layer and expert, in the order of `counts.counts`; null where none is rare. */
export function rareExperts(counts: ExpertCounts): Uint8Array | null {
  const { layers, expertCount } = counts.shape;
  const candidates: { at: number; uses: number; part: number }[] = [];
  for (let layer = 0; layer < layers.length; layer += 1) {
    const begin = layer * expertCount;
    const ofLayer = counts.counts.subarray(begin, begin + expertCount);
    const balance = ofLayer.reduce((sum, uses) => sum + uses, 0) / expertCount;
    if (balance < leastExpectedUses) continue;
    for (const [expert, uses] of ofLayer.entries()) {
      const part = uses / balance;
      if (part <= rareShareOfBalance) candidates.push({ at: begin + expert, uses, part });
    }
  }
  candidates.sort((a, b) => a.part - b.part);
  const flags = new Uint8Array(counts.counts.length);
  let marked = 0;
  for (const { at, uses } of candidates) {
    marked += uses;
    if (marked > markedTokens * counts.tokens) break;
    flags[at] = 1;
  }
  return flags.includes(1) ? flags : null;
}
