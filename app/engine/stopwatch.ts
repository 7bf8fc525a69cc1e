/** Times one answer from the question's arrival to its last token. */

/** What a clock tells of an answer. */
export interface TimingFigures {
  readonly answerTokens: number;
  /** From the beginning to the first token, in ms; null where nothing was generated. */
  readonly firstTokenMs: number | null;
  /** From the first token to the last, in ms. */
  readonly decodeMs: number;
}

export class Stopwatch {
  readonly #now: () => number;
  readonly #beginMs: number;
  #firstTokenMs: number | null = null;
  #lastTokenMs = 0;
  #answerTokens = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#beginMs = now();
  }

  /** Counts tokens that were just generated. */
  tokens(count: number): void {
    if (count === 0) return;
    this.#lastTokenMs = this.#now() - this.#beginMs;
    this.#firstTokenMs ??= this.#lastTokenMs;
    this.#answerTokens += count;
  }

  figures(): TimingFigures {
    const firstTokenMs = this.#firstTokenMs;
    const decodeMs = firstTokenMs === null ? 0 : this.#lastTokenMs - firstTokenMs;
    return { answerTokens: this.#answerTokens, firstTokenMs, decodeMs };
  }
}
