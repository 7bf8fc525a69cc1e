/**
 * Gathers generated text to at most 30 deltas a second: reading is as smooth as with more, and on
 * two cores each delta that the page draws is taken from the model's time. The first text goes out
 * at once, since that is what a person waits for.
 */

/** Milliseconds between two deltas. */
const frameMs = 1000 / 30;

/** Text and reasoning since the last delta. */
export interface Delta {
  readonly text: string;
  readonly reasoning: string;
}

export class DeltaGatherer {
  readonly #send: (delta: Delta) => void;
  readonly #now: () => number;
  #text = '';
  #reasoning = '';
  #lastSentMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (delta: Delta) => void, now: () => number = () => performance.now()) {
    this.#send = send;
    this.#now = now;
  }

  add({ text, reasoning }: Delta): void {
    this.#text += text;
    this.#reasoning += reasoning;
    const waitMs = this.#lastSentMs + frameMs - this.#now();
    if (waitMs <= 0) this.flush();
    // The timer only matters when tokens come more slowly than frames.
    else this.#timer ??= setTimeout(() => this.flush(), Math.ceil(waitMs));
  }

  /** Sends what is there; call it at the end. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#text === '' && this.#reasoning === '') return;
    const delta = { text: this.#text, reasoning: this.#reasoning };
    this.#text = '';
    this.#reasoning = '';
    this.#lastSentMs = this.#now();
    this.#send(delta);
  }
}
