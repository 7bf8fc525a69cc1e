/** Times one generation from the question's arrival to its last token. */

/** Figures of `GenerationStats` that a clock gives; all 0 where nothing was generated. */
export interface TimingFigures {
  readonly answerTokens: number;
  readonly timeToFirstTokenMs: number;
  readonly promptTokensPerSecond: number;
  readonly tokensPerSecond: number;
}

export class Stopwatch {
  readonly #now: () => number;
  readonly #beginMs: number;
  #promptTokens = 0;
  #firstTokenMs: number | undefined;
  #lastTokenMs = 0;
  #answerTokens = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#beginMs = now();
  }

  /** Counts tokens that were just generated. */
  tokens(count: number): void {
    if (count === 0) return;
    this.#lastTokenMs = this.#now();
    this.#firstTokenMs ??= this.#lastTokenMs;
    this.#answerTokens += count;
  }

  /** `evaluated` tokens of the prompt were evaluated for this answer. */
  promptEvaluated(evaluated: number): void {
    this.#promptTokens = evaluated;
  }

  figures(): TimingFigures {
    const answerTokens = this.#answerTokens;
    const promptMs = (this.#firstTokenMs ?? this.#now()) - this.#beginMs;
    const decodeMs = this.#firstTokenMs === undefined ? 0 : this.#lastTokenMs - this.#firstTokenMs;
    return {
      answerTokens,
      timeToFirstTokenMs: this.#firstTokenMs === undefined ? 0 : promptMs,
      promptTokensPerSecond: perSecond(this.#promptTokens, promptMs),
      // The first token belongs to the prompt's time: n tokens have n - 1 steps between them.
      tokensPerSecond: perSecond(answerTokens - 1, decodeMs),
    };
  }
}

function perSecond(count: number, ms: number): number {
  return count > 0 && ms > 0 ? (count / ms) * 1000 : 0;
}
