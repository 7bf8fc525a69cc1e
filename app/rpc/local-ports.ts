/** Two ports joined inside one process: for hosts that embed the core, and for tests. */
import type { Port } from './port.ts';

/** Messages are copied and arrive in a later microtask, as they would over a real border. */
export function localPorts(): { left: Port; right: Port; close(): void } {
  const left = new LocalPort();
  const right = new LocalPort();
  left.other = right;
  right.other = left;
  return {
    left,
    right,
    close: () => {
      left.close();
      right.close();
    },
  };
}

class LocalPort implements Port {
  other: LocalPort | undefined;
  #message: ((message: unknown) => void) | undefined;
  #closed: (() => void) | undefined;

  send(message: unknown): void {
    const copy: unknown = JSON.parse(JSON.stringify(message));
    queueMicrotask(() => {
      const { other } = this;
      if (other) other.receive(copy);
    });
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#message = listener;
  }

  onClose(listener: () => void): void {
    this.#closed = listener;
  }

  receive(message: unknown): void {
    this.#message?.(message);
  }

  close(): void {
    this.other = undefined;
    this.#closed?.();
    this.#closed = undefined;
  }
}
