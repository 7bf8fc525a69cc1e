import { describe, expect, it } from 'vitest';
import {
  busiest,
  choicesOfToken,
  tokenShares,
} from '../../../../renderer/routing/expert-shares.ts';
import { realUse } from '../../../../renderer/routing/places.ts';

const base64 = (bytes: readonly number[]) => Buffer.from(bytes).toString('base64');

describe('the experts of an answer', () => {
  it('are ranked by the part of the tokens that they worked on', () => {
    const sums = { layers: [3], expertCount: 4, usedCount: 2, tokens: 10, counts: [[1, 9, 0, 10]] };
    expect(busiest(tokenShares(sums, 0))).toEqual([
      { expert: 3, share: 1 },
      { expert: 1, share: 0.9 },
      { expert: 0, share: 0.1 },
    ]);
  });

  it('of one token are told layer by layer, behind the tokens of the prompt', () => {
    const record = {
      layers: [1, 2],
      expertCount: 300,
      usedCount: 2,
      tokens: [
        { text: 'Why', role: 'prompt' as const },
        { text: 'So', role: 'answer' as const },
      ],
      experts: base64([0, 0, 1, 0, 2, 0, 3, 0, 44, 1, 5, 0, 6, 0, 7, 0]),
      weights: base64([200, 55, 200, 55, 204, 51, 255, 0]),
    };
    expect(choicesOfToken(record, 0)).toEqual([
      {
        layer: 1,
        experts: [
          { expert: 300, share: 0.8 },
          { expert: 5, share: 0.2 },
        ],
      },
      { layer: 2, experts: [{ expert: 6, share: 1 }] },
    ]);
  });
});

describe('the real use of a place', () => {
  const planned = {
    attention: 10,
    sharedExperts: 0,
    routedExperts: 30,
    otherWeights: 0,
    kv: 5,
    compute: 5,
  };

  it('keeps the classes of the plan and adds up to what llama.cpp reports', () => {
    expect(realUse(planned, { weights: 80, kv: 7, compute: 3 })).toEqual({
      ...planned,
      attention: 20,
      routedExperts: 60,
      kv: 7,
      compute: 3,
    });
  });

  it('counts weights as others where none were planned', () => {
    const nothing = { ...planned, attention: 0, routedExperts: 0 };
    expect(realUse(nothing, { weights: 80, kv: 7, compute: 3 }).otherWeights).toBe(80);
  });
});
