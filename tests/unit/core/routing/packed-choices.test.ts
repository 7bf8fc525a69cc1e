import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExpertChoices, RoutingShape } from '../../../../app/core/routing/expert-choices.ts';
import {
  keepStrongest,
  packChoices,
  unpackChoices,
} from '../../../../app/core/routing/packed-choices.ts';

/** Any model's shape with any choices of up to five tokens. */
const anyChoices: fc.Arbitrary<ExpertChoices> = fc
  .record({
    layers: fc.uniqueArray(fc.nat(80), { minLength: 1, maxLength: 4 }),
    expertCount: fc.integer({ min: 1, max: 1024 }),
    used: fc.integer({ min: 1, max: 40 }),
    texts: fc.array(fc.string({ unit: 'binary' }), { maxLength: 5 }),
  })
  .map(({ used, ...more }) => ({ ...more, usedCount: Math.min(used, more.expertCount) }))
  .chain(({ texts, ...shape }) => {
    const length = texts.length * shape.layers.length * shape.usedCount;
    const size = { minLength: length, maxLength: length };
    return fc.record({
      shape: fc.constant<RoutingShape>(shape),
      texts: fc.constant(texts),
      experts: fc.uint16Array({ ...size, max: shape.expertCount - 1 }),
      weights: fc.uint8Array(size),
    });
  });

function packedAndBack(choices: ExpertChoices): ExpertChoices {
  return unpackChoices(choices.shape, choices.texts, packChoices(choices));
}

describe('packed choices', () => {
  it('take at most 24 bytes for each token and layer', () => {
    fc.assert(
      fc.property(anyChoices, (choices) => {
        const bytes = packChoices(keepStrongest(choices)).length;
        expect(bytes).toBeLessThanOrEqual(24 * choices.texts.length * choices.shape.layers.length);
      }),
    );
  });

  it('give back every kept expert in its place', () => {
    fc.assert(
      fc.property(anyChoices, (choices) => {
        const kept = keepStrongest(choices);
        expect(packedAndBack(kept).experts).toEqual(kept.experts);
      }),
    );
  });

  it('are stable: packing what was unpacked changes nothing', () => {
    fc.assert(
      fc.property(anyChoices, (choices) => {
        const once = packedAndBack(keepStrongest(choices));
        expect(packedAndBack(once)).toEqual(once);
      }),
    );
  });

  it.each([
    { expertCount: 16, usedCount: 2, bytes: 3 },
    { expertCount: 64, usedCount: 8, bytes: 14 },
    { expertCount: 128, usedCount: 8, bytes: 15 },
    { expertCount: 384, usedCount: 8, bytes: 17 },
    { expertCount: 512, usedCount: 10, bytes: 22 },
  ])('are exact for $usedCount of $expertCount experts', ({ bytes, ...model }) => {
    const experts = Uint16Array.from({ length: model.usedCount }, (_, place) => place + 1);
    const weights = Uint8Array.from({ length: model.usedCount }, (_, place) => 255 - place);
    const choices = { shape: { layers: [3], ...model }, texts: ['a'], experts, weights };
    expect(packedAndBack(choices)).toEqual(choices);
    expect(packChoices(choices)).toHaveLength(bytes);
  });

  it('make weights coarser before they leave an expert out', () => {
    const experts = Uint16Array.from({ length: 16 }, (_, place) => place * 50);
    const weights = Uint8Array.from({ length: 16 }, (_, place) => place * 17);
    const shape = { layers: [0], expertCount: 1024, usedCount: 16 };
    const choices = { shape, texts: ['a'], experts, weights };
    const back = packedAndBack(keepStrongest(choices));
    expect(back.experts).toEqual(experts);
    expect([back.weights[0], back.weights[15]]).toEqual([0, 255]);
  });

  it('keep the strongest experts in the order of the router where not all fit', () => {
    const experts = Uint16Array.from({ length: 20 }, (_, place) => place);
    const weights = Uint8Array.from({ length: 20 }, (_, place) => (place === 7 ? 0 : 13));
    const shape = { layers: [0], expertCount: 1024, usedCount: 20 };
    const kept = keepStrongest({ shape, texts: ['a'], experts, weights });
    expect(kept.shape.usedCount).toBe(19);
    expect([...kept.experts]).toEqual([...experts].filter((expert) => expert !== 7));
  });
});
