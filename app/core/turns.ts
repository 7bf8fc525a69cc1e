/** Lets one piece of work run at a time, in the order of asking: there is one engine. */
import { MoeweError } from '../contract/errors.ts';

interface Waiting {
  readonly start: () => void;
}

export class Turns {
  readonly #waiting: Waiting[] = [];
  #busy = false;

  /**
   * Resolves when it is the caller's turn, with a function that ends the turn. Rejects with
   * `cancelled` when `signal` aborts before that.
   */
  async take(signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) throw new MoeweError('cancelled', {});
    if (this.#busy) await this.#wait(signal);
    this.#busy = true;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#next();
    };
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(new MoeweError('cancelled', {}));
      };
      const waiting: Waiting = {
        start: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiting);
    });
  }

  /** The turn goes over without a gap in which a newcomer could slip in. */
  #next(): void {
    const next = this.#waiting.shift();
    if (next) next.start();
    else this.#busy = false;
  }
}
