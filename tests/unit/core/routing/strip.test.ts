import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExpertChoices, RoutingShape } from '../../../../app/core/routing/expert-choices.ts';
import { noCounts, withChoices } from '../../../../app/core/routing/expert-counts.ts';
import { nothingRare, rareExperts } from '../../../../app/core/routing/rare-experts.ts';
import { certaintyOf, StripWriter } from '../../../../app/core/routing/strip-writer.ts';

const shape: RoutingShape = { layers: [1, 2], expertCount: 8, usedCount: 2 };

/** Tokens that each take the given experts, two a layer. */
function tokensWith(experts: readonly number[], weights: readonly number[] = []): ExpertChoices {
  return {
    shape,
    texts: Array.from({ length: experts.length / 4 }, (_, token) => `t${token}`),
    experts: Uint16Array.from(experts),
    weights: Uint8Array.from(experts, (_, place) => weights[place] ?? 128),
  };
}

function repeated(times: number, experts: (index: number) => number[]): ExpertChoices {
  return tokensWith(Array.from({ length: times }, (_, index) => experts(index)).flat());
}

/** Every expert of every layer equally often. */
const balanced = (index: number) => [index % 8, (index + 1) % 8, index % 8, (index + 3) % 8];

function counted(choices: ExpertChoices) {
  return withChoices(noCounts(shape), choices);
}

describe('certainty', () => {
  it.each([
    { weights: [128, 128, 128, 128], certainty: 0 },
    { weights: [255, 0, 255, 0], certainty: 1 },
    { weights: [255, 0, 128, 128], certainty: 0.5 },
    { weights: [51, 204, 204, 51], certainty: 0.6 },
    { weights: [0, 0, 0, 0], certainty: 0 },
  ])('of $weights is $certainty', ({ weights, certainty }) => {
    expect(certaintyOf(tokensWith([0, 1, 2, 3], weights), 0)).toBeCloseTo(certainty);
  });

  it('stays between 0 and 1 whatever the weights are', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }), (weights) => {
        const certainty = certaintyOf(tokensWith([0, 1, 2, 3], weights), 0);
        expect(certainty).toBeGreaterThanOrEqual(0);
        expect(certainty).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is all where one expert is used', () => {
    const one = { ...tokensWith([]), shape: { ...shape, usedCount: 1 }, texts: ['a'] };
    expect(certaintyOf({ ...one, weights: Uint8Array.from([255, 255]) }, 0)).toBe(1);
  });
});

describe('counts', () => {
  it('tell for each layer how often each expert worked', () => {
    const { tokens, counts } = counted(tokensWith([0, 1, 2, 3, 0, 7, 2, 4]));
    expect(tokens).toBe(2);
    expect([...counts]).toEqual([2, 1, 0, 0, 0, 0, 0, 1, 0, 0, 2, 1, 1, 0, 0, 0]);
  });
});

describe('rare experts', () => {
  it('are none where the router spreads its work evenly', () => {
    expect(rareExperts(counted(repeated(800, balanced)))).toEqual(nothingRare);
  });

  it('are none while few tokens were counted', () => {
    expect(rareExperts(counted(repeated(127, () => [0, 1, 2, 3])))).toEqual(nothingRare);
  });

  it('are those that worked far less often than the others', () => {
    const skewed = repeated(400, (index) => (index === 9 ? [0, 7, 1, 2] : balanced(index % 6)));
    const rare = rareExperts(counted(skewed));
    expect(rare.has(7)).toBe(true);
    expect(rare.has(0)).toBe(false);
  });

  it('took part in at most 3 % of the counted tokens, however uneven the router is', () => {
    const expert = fc.integer({ min: 0, max: 63 }).map((n) => Math.floor(Math.sqrt(n)));
    const token = fc.tuple(expert, expert, expert, expert);
    fc.assert(
      fc.property(fc.array(token, { minLength: 150, maxLength: 300 }), (tokens) => {
        const rare = rareExperts(counted(tokensWith(tokens.flat())));
        const taking = tokens.filter((experts) =>
          experts.some((id, place) => rare.has(Math.floor(place / 2) * 8 + id)),
        );
        expect(taking.length).toBeLessThanOrEqual(tokens.length * 0.03);
      }),
      { numRuns: 30 },
    );
  });
});

describe('the strip', () => {
  const rare = new Set([7]);

  it('marks the token that takes a rare expert', () => {
    const choices = repeated(40, (index) => (index === 30 ? [0, 7, 1, 2] : [0, 1, 2, 3]));
    const marked = new StripWriter().next(choices, rare).filter((token) => token.rare);
    expect(marked.map(({ text }) => text)).toEqual(['t30']);
  });

  it('marks only a few tokens of an answer that takes rare experts throughout', () => {
    const writer = new StripWriter();
    const choices = repeated(100, () => [0, 7, 1, 2]);
    const both = [...writer.next(choices, rare), ...writer.next(choices, rare)];
    expect(both.filter((token) => token.rare)).toHaveLength(10);
  });
});
