import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asKept,
  cellForm,
  cellLimitBytes,
  packed,
  unpacked,
} from '../../../../app/core/routing/packed-routing.ts';
import type { RoutingBatch } from '../../../../app/core/routing/routing-batch.ts';

/** Tokens whose experts are any, with weights as the engine gives them. */
const anyBatch = fc
  .record({
    layers: fc.uniqueArray(fc.nat(90), { minLength: 1, maxLength: 4 }),
    expertCount: fc.integer({ min: 1, max: 1024 }),
    used: fc.integer({ min: 1, max: 40 }),
    texts: fc.array(fc.string(), { maxLength: 5 }),
    seed: fc.infiniteStream(fc.nat(65_535)),
  })
  .map(({ layers, expertCount, used, texts, seed }): RoutingBatch => {
    const usedCount = Math.min(used, expertCount);
    const places = texts.length * layers.length * usedCount;
    const next = () => Number(seed.next().value);
    const experts = Uint16Array.from({ length: places }, () => next() % expertCount);
    const weights = Uint8Array.from({ length: places }, () => next() % 256);
    return { layers, expertCount, usedCount, texts, experts, weights };
  });

function batch(expertCount: number, experts: number[], weights: number[]): RoutingBatch {
  return {
    layers: [3],
    expertCount,
    usedCount: experts.length,
    texts: ['a'],
    experts: Uint16Array.from(experts),
    weights: Uint8Array.from(weights),
  };
}

describe('the form of routing on the disk', () => {
  it('never takes more than 24 bytes a token and layer', () => {
    fc.assert(
      fc.property(anyBatch, (given) => {
        const cells = given.texts.length * given.layers.length;
        expect(packed(given).length).toBeLessThanOrEqual(cells * cellLimitBytes);
      }),
    );
  });

  it('gives back what will be told again, however often it is packed', () => {
    fc.assert(
      fc.property(anyBatch, (given) => {
        const kept = asKept(given);
        const again = unpacked(packed(kept), kept, kept.texts);
        expect(again.experts).toEqual(kept.experts);
        expect(again.texts).toEqual(given.texts);
      }),
    );
  });

  it.each([
    ['Qwen3 30B-A3B', 128, 8, 15],
    ['the starter model', 16, 2, 3],
    ['gpt-oss 20B', 32, 4, 7],
    ['DeepSeek V3', 256, 8, 16],
    ['Qwen3-Next', 512, 10, 22],
  ])('keeps all of %s exactly', (_, expertCount, usedCount, bytes) => {
    const experts = Array.from({ length: usedCount }, (__, place) => expertCount - 1 - place);
    const given = batch(expertCount, experts, new Array<number>(usedCount).fill(17));
    expect(cellForm(given).bytes).toBe(bytes);
    expect(unpacked(packed(given), given, ['a'])).toEqual(given);
  });

  it('keeps the strongest experts and their weights where not all fits', () => {
    const experts = Array.from({ length: 22 }, (_, place) => 490 + place);
    const weights = experts.map((_, place) => (place === 21 ? 120 : 6));
    const kept = asKept(batch(512, experts, weights));
    expect(kept.usedCount).toBe(20);
    expect(kept.experts[0]).toBe(511);
    expect(kept.weights[0]).toBe(120);
    expect([...kept.weights.subarray(1)]).toEqual(new Array(19).fill(6));
  });
});
