import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RoutingRecord } from '../../../app/contract/routing.ts';
import { DecodedRecord } from '../../../renderer/inspector/decoded-record.ts';
import { busiest, sharesOf } from '../../../renderer/inspector/expert-shares.ts';
import { AnswerStrip } from '../../../renderer/routing/answer-strips.svelte.ts';
import { placeOf, stripLayout, tokenAt } from '../../../renderer/routing/strip-layout.ts';
import { shownPlaces, shownSpan, tokenSpans } from '../../../renderer/routing/token-places.ts';

const bar = (text: string) => ({ text, certainty: 0.5, rare: false });

describe('the layout of a strip', () => {
  it.each([
    ['an airy row', 100, 1, 4, 1],
    ['closer bars', 500, 3, 3, 1],
    ['the closest bars', 1300, 4, 2, 1],
    ['a bar for several tokens', 5000, 4, 2, 4],
  ])('is %s for %i tokens', (_, tokens, rows, pitch, group) => {
    expect(stripLayout(tokens, 680)).toMatchObject({ rows, pitch, group });
  });

  it('never outgrows its width and four rows, and finds each token where its bar is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20_000 }),
        fc.integer({ min: 40, max: 900 }),
        (n, w) => {
          const layout = stripLayout(n, w);
          const token = n - 1;
          const { left, top } = placeOf(token, layout);
          expect(left + layout.barWidth).toBeLessThanOrEqual(w);
          expect(layout.rows).toBeLessThanOrEqual(4);
          const found = tokenAt(left, top, n, layout);
          expect(Math.floor(found / layout.group)).toBe(Math.floor(token / layout.group));
        },
      ),
    );
  });
});

describe('the strip of an answer', () => {
  it('takes each bar once, also when a reply and events overlap', () => {
    const strip = new AnswerStrip();
    expect(strip.add(0, [bar('a'), bar('b')])).toBe(true);
    expect(strip.add(1, [bar('b'), bar('c')])).toBe(true);
    expect(strip.tokens.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
  });

  it('says when bars are missing in between', () => {
    const strip = new AnswerStrip();
    expect(strip.add(3, [bar('d')])).toBe(false);
    expect(strip.count).toBe(0);
  });
});

/** The text that is marked on the page for each token. */
function marked(tokens: string[], text: string, shown: string): (string | null)[] {
  const places = shownPlaces(text, shown);
  return tokenSpans(tokens, text).map((span) => {
    const place = span && shownSpan(span, places);
    return place && shown.slice(place.start, place.end);
  });
}

describe('the place of a token in the text', () => {
  it('is found through the marks of markdown', () => {
    const tokens = ['The', ' **', 'exp', 'erts', '**', ' work', '.\n\n', '- one', '\n- two'];
    const text = tokens.join('');
    expect(marked(tokens, text, 'The experts work.onetwo')).toEqual([
      'The',
      null,
      'exp',
      'erts',
      null,
      'work',
      '.',
      'one',
      'two',
    ]);
  });

  it('is not led astray by the address of a link', () => {
    const tokens = ['A ', '[link](', 'https://a.b/next', ')', ' next', ' word'];
    expect(marked(tokens, tokens.join(''), 'A link next word').slice(4)).toEqual(['next', 'word']);
  });

  it('leaves out thoughts and markup before the answer', () => {
    const tokens = ['<think>', 'Hm', '</think>', '\n\n', 'Yes', '.'];
    expect(marked(tokens, 'Yes.', 'Yes.')).toEqual([null, null, null, null, 'Yes', '.']);
  });

  it('is none where stream and text have nothing in common', () => {
    expect(marked(['one', 'two'], 'entirely different', 'entirely different')).toEqual([
      null,
      null,
    ]);
  });

  it('gives back plain text token for token', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1 }), (words) => {
        const tokens = words.map((word, index) => (index === 0 ? word : ` ${word}`));
        const text = tokens.join('');
        expect(marked(tokens, text, text)).toEqual(words);
      }),
    );
  });
});

describe('the record in the inspector', () => {
  const record: RoutingRecord = {
    layers: [1, 4],
    expertCount: 300,
    usedCount: 2,
    tokens: [
      { text: 'a', role: 'answer' },
      { text: 'b', role: 'answer' },
    ],
    experts: Buffer.from(Uint16Array.from([1, 2, 3, 4, 5, 299, 7, 8]).buffer).toString('base64'),
    weights: Buffer.from([200, 55, 128, 127, 51, 204, 255, 0]).toString('base64'),
  };

  it('tells layer by layer who took a token, the strongest first', () => {
    expect(new DecodedRecord(record).choices(1)).toEqual([
      {
        layer: 1,
        parts: [
          { expert: 299, weight: 0.8 },
          { expert: 5, weight: 0.2 },
        ],
      },
      {
        layer: 4,
        parts: [
          { expert: 7, weight: 1 },
          { expert: 8, weight: 0 },
        ],
      },
    ]);
  });

  it('has nothing to tell of a token that is not there', () => {
    expect(new DecodedRecord(record).choices(2)).toEqual([]);
  });

  it('turns counts into shares of the tokens', () => {
    const counts = { layers: [1, 4], expertCount: 3, usedCount: 2, tokens: 4 };
    const shares = sharesOf({ ...counts, counts: [[], [4, 1, 3]] }, 4);
    expect(shares.map(({ share }) => share)).toEqual([1, 0.25, 0.75]);
    expect(busiest(shares)).toEqual({ expert: 0, share: 1 });
  });
});
