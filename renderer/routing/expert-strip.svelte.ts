/** What one expert strip shows at this moment: its layout, and the token under the pointer. */
import type { AnswerStrip } from './answer-strips.svelte.ts';
import { barHeight, placeOfToken, stripLayout, stripRowHeight, tokenAt } from './strip-layout.ts';
import type { TokenSpan } from './token-highlight.ts';
import { tokenSentence } from './token-words.ts';

/** Tokens that Page Up and Page Down move. */
const pageTokens = 10;

export class StripView {
  width = $state(0);
  /** The token that the pointer or the keys are at; null for none. */
  pointed = $state<number | null>(null);
  readonly #strip: () => AnswerStrip;
  readonly count = $derived.by(() => this.#strip().count);
  readonly layout = $derived(stripLayout(this.count, this.width));
  readonly caption = $derived(this.pointed === null ? '' : this.sentence(this.pointed));

  constructor(strip: () => AnswerStrip) {
    this.#strip = strip;
  }

  /** The bar of a token, in px; none for null. */
  bar(token: number | null) {
    const bar = token === null ? undefined : this.#strip().tokens[token];
    if (token === null || !bar || token >= this.count) return [];
    const { left, top } = placeOfToken(this.layout, token);
    const height = barHeight(bar.certainty);
    return [{ token, left, top: top + stripRowHeight - height, height }];
  }

  point(x: number, y: number): void {
    this.pointed = tokenAt(this.layout, this.count, x, y);
  }

  sentence(index: number): string {
    const token = this.#strip().tokens[index];
    return token ? tokenSentence(token) : '';
  }

  /** Moves by a key, from `start` where no token is pointed at; false for other keys. */
  move(key: string, start: number): boolean {
    const row = this.layout.barsInRow * this.layout.tokensInBar;
    const rows = this.layout.rows > 1 ? row : 1;
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: rows,
      ArrowUp: -rows,
      PageDown: pageTokens,
      PageUp: -pageTokens,
      Home: -this.count,
      End: this.count,
    };
    const step = steps[key];
    if (step === undefined) return false;
    this.pointed = Math.max(0, Math.min(this.count - 1, (this.pointed ?? start) + step));
    return true;
  }

  /** Where a token's text lies in the running text of all tokens. */
  span(index: number): TokenSpan {
    const { tokens } = this.#strip();
    const lengthOf = (end: number) =>
      tokens.slice(0, end).reduce((length, { text }) => length + text.length, 0);
    const source = tokens.map(({ text }) => text).join('');
    return { source, begin: lengthOf(index), end: lengthOf(index + 1) };
  }
}
