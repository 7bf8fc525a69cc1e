import { describe, expect, it } from 'vitest';
import { ExpertCounts } from '../../../../app/core/routing/expert-counts.ts';
import { rareExperts } from '../../../../app/core/routing/rare-experts.ts';
import type { RoutingBatch } from '../../../../app/core/routing/routing-batch.ts';
import { stripTokens } from '../../../../app/core/routing/strip-tokens.ts';

/** One token in two layers of eight experts, two of them used. */
function token(experts: number[], weights: number[]): RoutingBatch {
  return {
    layers: [1, 2],
    expertCount: 8,
    usedCount: 2,
    texts: ['x'],
    experts: Uint16Array.from(experts),
    weights: Uint8Array.from(weights),
  };
}

const even = [128, 127, 127, 128];

/** Counts of `tokens` tokens that use experts 0 to 6 alike and expert 7 of the first layer seldom. */
function countsWithSeldom(tokens: number, seldom: number): ExpertCounts {
  const counts = new ExpertCounts(token([], []));
  for (let index = 0; index < tokens; index += 1) {
    const one = index % 7;
    const first = index < seldom ? 7 : (one + 1) % 7;
    counts.add(token([one, first, one, (one + 1) % 8], even));
  }
  return counts;
}

describe('the certainty of a token', () => {
  it('is 0 where all chosen experts weigh the same', () => {
    const [bar] = stripTokens(token([0, 1, 2, 3], [127, 127, 127, 127]), null);
    expect(bar?.certainty).toBe(0);
  });

  it('is 1 where one expert takes all in every layer', () => {
    const [bar] = stripTokens(token([0, 1, 2, 3], [255, 0, 0, 255]), null);
    expect(bar?.certainty).toBe(1);
  });

  it('is the average over the layers', () => {
    const [bar] = stripTokens(token([0, 1, 2, 3], [255, 0, 127, 127]), null);
    expect(bar?.certainty).toBeCloseTo(0.5, 1);
  });
});

describe('a rare expert', () => {
  it('is one that the model took for few of many tokens', () => {
    const rare = rareExperts(countsWithSeldom(400, 4));
    const [bar, other] = [token([7, 0, 0, 1], even), token([1, 0, 0, 1], even)].map(
      (batch) => stripTokens(batch, rare)[0],
    );
    expect(bar?.rare).toBe(true);
    expect(other?.rare).toBe(false);
  });

  it('does not exist while little was counted', () => {
    expect(rareExperts(countsWithSeldom(60, 0))).toBeNull();
  });

  it('does not exist where the router is in balance', () => {
    const counts = new ExpertCounts(token([], []));
    for (let index = 0; index < 4000; index += 1) {
      counts.add(token([index % 8, (index + 3) % 8, index % 8, (index + 5) % 8], even));
    }
    expect(rareExperts(counts)).toBeNull();
  });

  it('is never marked in more than a few percent of the tokens', () => {
    const counts = new ExpertCounts({ layers: [1], expertCount: 512, usedCount: 1 });
    for (let expert = 0; expert < 512; expert += 1) {
      counts.counts[expert] = expert < 256 ? 120 : 1 + (expert % 8);
    }
    const all = new ExpertCounts(counts.shape, counts.counts, 31_872);
    const rare = rareExperts(all);
    const marked = all.counts.reduce((sum, uses, at) => sum + (rare?.[at] === 1 ? uses : 0), 0);
    expect(marked).toBeGreaterThan(0);
    expect(marked).toBeLessThanOrEqual(0.03 * 31_872);
  });
});
