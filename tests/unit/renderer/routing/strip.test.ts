import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StripToken } from '../../../../app/contract/routing.ts';
import { joinedTokens } from '../../../../renderer/routing/joined-tokens.ts';
import {
  barHeight,
  placeOfToken,
  stripLayout,
  tokenAt,
} from '../../../../renderer/routing/strip-layout.ts';

const width = 680;

describe('the layout of an expert strip', () => {
  it('gives few tokens room and many less', () => {
    expect([20, 200, 340].map((tokens) => stripLayout(tokens, width).pitch)).toEqual([4, 3, 2]);
  });

  it('wraps into rows before bars stand for more than one token', () => {
    const { rows, tokensInBar } = stripLayout(1000, width);
    expect({ rows, tokensInBar }).toEqual({ rows: 3, tokensInBar: 1 });
  });

  it('never grows beyond four rows', () => {
    const { rows, tokensInBar } = stripLayout(20_000, width);
    expect({ rows, tokensInBar }).toEqual({ rows: 4, tokensInBar: 16 });
  });

  it('finds at the place of each bar a token of that bar', () => {
    const counts = fc.integer({ min: 1, max: 9000 });
    fc.assert(
      fc.property(counts, fc.nat(), fc.integer({ min: 100, max: 700 }), (count, any, wide) => {
        const token = any % count;
        const layout = stripLayout(count, wide);
        const { left, top } = placeOfToken(layout, token);
        const found = tokenAt(layout, count, left, top);
        expect(Math.floor(found / layout.tokensInBar)).toBe(Math.floor(token / layout.tokensInBar));
      }),
    );
  });

  it('takes the nearest token for a point behind the last bar', () => {
    expect(tokenAt(stripLayout(12, width), 12, 600, 10)).toBe(11);
  });

  it('shows also a router that was not sure at all, and none higher than the row', () => {
    expect([barHeight(0), barHeight(1)]).toEqual([2, 20]);
  });
});

describe('a strip that was asked for while it grew', () => {
  const tokens = ['A', ' router', ' picks', ' a', ' few'].map((text, index): StripToken => ({
    text,
    certainty: index / 10,
    rare: false,
  }));

  it('takes the tokens once that were told of and are part of the reply', () => {
    expect(joinedTokens(tokens.slice(0, 4), tokens.slice(2))).toEqual(tokens);
  });

  it('puts a reply before what was told of since', () => {
    expect(joinedTokens(tokens.slice(0, 2), tokens.slice(2))).toEqual(tokens);
  });

  it('keeps the reply where nothing was told of', () => {
    expect(joinedTokens(tokens, [])).toEqual(tokens);
  });
});
