/** One subject that several readers follow, each at its own pace. */
import { EventQueue } from '../rpc/event-queue.ts';

export class Topic<Event> {
  readonly #readers = new Set<EventQueue<Event>>();

  publish(event: Event): void {
    for (const reader of this.#readers) reader.push(event);
  }

  /** `first` and then every event from now on, until `signal` aborts or the reader leaves. */
  follow(first: readonly Event[], signal: AbortSignal): AsyncIterableIterator<Event, void> {
    const reader = new EventQueue<Event>(() => this.#readers.delete(reader));
    for (const event of first) reader.push(event);
    this.#readers.add(reader);
    const leave = () => {
      this.#readers.delete(reader);
      reader.end();
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    return reader;
  }

  /** Ends every reader's loop. */
  end(): void {
    for (const reader of this.#readers) reader.end();
    this.#readers.clear();
  }
}
