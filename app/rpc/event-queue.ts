/**
 * Turns pushed events into an async iterable with one reader. Nothing is lost between two reads;
 * a reader that leaves its loop is reported through `onLeave`.
 */
export class EventQueue<Event> implements AsyncIterableIterator<Event, void> {
  readonly #events: Event[] = [];
  readonly #onLeave: () => void;
  #waiting: { resolve(result: IteratorResult<Event, void>): void; reject(error: Error): void }[] =
    [];
  #end: { error: Error | null } | undefined;

  constructor(onLeave: () => void = () => undefined) {
    this.#onLeave = onLeave;
  }

  /** Hands one event to the reader. After the end it is dropped. */
  push(event: Event): void {
    if (this.#end !== undefined) return;
    const reader = this.#waiting.shift();
    if (reader) reader.resolve({ done: false, value: event });
    else this.#events.push(event);
  }

  /** Ends the iteration once the reader has taken what is there. */
  end(): void {
    this.#finish({ error: null });
  }

  /** Lets the reader's loop throw once it has taken what is there. */
  fail(error: Error): void {
    this.#finish({ error });
  }

  next(): Promise<IteratorResult<Event, void>> {
    const event = this.#events.shift();
    if (event !== undefined) return Promise.resolve({ done: false, value: event });
    if (this.#end === undefined) {
      return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    }
    const { error } = this.#end;
    this.#end = { error: null };
    if (error === null) return Promise.resolve({ done: true, value: undefined });
    return Promise.reject(error);
  }

  return(): Promise<IteratorResult<Event, void>> {
    this.#events.length = 0;
    this.#finish({ error: null });
    this.#onLeave();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #finish(end: { error: Error | null }): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const [index, reader] of waiting.entries()) {
      if (index === 0 && end.error !== null) reader.reject(end.error);
      else reader.resolve({ done: true, value: undefined });
    }
    if (waiting.length > 0) this.#end = { error: null };
  }
}
