import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placesInShown, shownSpan } from '../../../../renderer/routing/token-places.ts';

/** The shown text of the first `token` in the source. */
function shownOf(source: string, shown: string, token: string): string | null {
  const begin = source.indexOf(token);
  const places = placesInShown(source, shown);
  const span = shownSpan(source, places, begin, begin + token.length);
  return span && shown.slice(span.begin, span.end);
}

describe('the place of a token in the shown answer', () => {
  it('is found in plain text, without the space before it', () => {
    expect(shownOf('A router picks', 'A router picks', ' router')).toBe('router');
  });

  it('is found between signs of markdown', () => {
    expect(shownOf('the **few** experts', 'the few experts', 'few')).toBe('few');
  });

  it('is found behind a link whose address is not shown', () => {
    const source = 'See [the paper](https://example.org/moe.pdf) for more of it';
    expect(shownOf(source, 'See the paper for more of it', ' more')).toBe('more');
  });

  it('is found in an item of a list whose number is drawn by the page', () => {
    expect(shownOf('1. first\n2. second one', 'firstsecond one', 'second')).toBe('second');
  });

  it('is found behind a formula that the page draws by itself', () => {
    const source = 'With $E = mc^2$ this becomes clear';
    expect(shownOf(source, 'With  this becomes clear', ' becomes')).toBe('becomes');
  });

  it('is none for what is not shown', () => {
    expect(shownOf('the **few** experts', 'the few experts', '**')).toBeNull();
  });

  it('never goes back, whatever the two texts are', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (source, shown) => {
        const found = [...placesInShown(source, shown)].filter((place) => place !== -1);
        expect(found).toEqual([...new Set(found)].sort((one, other) => one - other));
      }),
    );
  });
});
