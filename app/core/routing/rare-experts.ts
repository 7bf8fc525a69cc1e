/**
 * Which experts a model rarely uses, from what was counted. Pure.
 *
 * The rule: an expert is a candidate if it worked at most a quarter as often as it would if all
 * experts of its layer worked equally often. Of the candidates of all layers the least used come
 * first, as long as all of them together worked on at most 3 % of the counted tokens. So of those
 * tokens at most 3 % took a rare expert, and a router that spreads its work evenly has no rare
 * experts at all.
 *
 * Below 32 expected uses of an expert nothing is called rare. With 32, chance alone leaves an expert
 * at a quarter of that about once in two million (Poisson), less than once for the largest models.
 */
import type { ExpertCounts } from './expert-counts.ts';

const rareShare = 1 / 4;
const markedShare = 0.03;
const leastExpected = 32;

/** Rare experts by their place in the counts: layer's index × experts a layer + expert. */
export type RareExperts = ReadonlySet<number>;

export const nothingRare: RareExperts = new Set();

/** The rare experts; none where too few tokens were counted. */
export function rareExperts({ shape, tokens, counts }: ExpertCounts): RareExperts {
  const expected = (tokens * shape.usedCount) / shape.expertCount;
  if (expected < leastExpected) return nothingRare;
  const candidates = [...counts.entries()]
    .filter(([, count]) => count <= expected * rareShare)
    .sort(([, one], [, other]) => one - other);
  const rare = new Set<number>();
  let left = tokens * markedShare;
  for (const [place, count] of candidates) {
    left -= count;
    if (left < 0) break;
    rare.add(place);
  }
  return rare;
}
