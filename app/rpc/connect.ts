/**
 * The asking end of a contract: an object whose methods are the calls, and whose streams are async
 * iterables. Everything waiting fails with `connectionLost` when the port closes.
 */
import { createBirpc, type BirpcReturn } from 'birpc';
import type { z } from 'zod';
import type { Call, Contract, Entry, Stream } from '../contract/call.ts';
import { errorFromFacts, MoeweError, type ErrorFacts } from '../contract/errors.ts';
import { EventQueue } from './event-queue.ts';
import type { Port } from './port.ts';
import { birpcOptions, outcome, type ConnectingEnd, type ServingEnd } from './wire.ts';

type MethodOf<E extends Entry> =
  E extends Call<infer Input, infer Output>
    ? (input: z.input<Input>) => Promise<z.output<Output>>
    : E extends Stream<infer Input, infer Event>
      ? (input: z.input<Input>) => AsyncIterableIterator<z.output<Event>, void>
      : never;

/** The methods of a contract. Leaving a stream's loop cancels it on the other side. */
export type Client<C extends Contract> = {
  readonly [Subject in keyof C]: {
    readonly [Name in keyof C[Subject]]: MethodOf<C[Subject][Name]>;
  };
};

/** Derives the client of `contract` on `port`. A stream is opened when its method is called. */
export function connect<C extends Contract>(contract: C, port: Port): Client<C> {
  const connection = new Connection(port);
  const client: Record<string, Record<string, unknown>> = {};
  for (const [subject, entries] of Object.entries(contract)) {
    const methods: Record<string, unknown> = {};
    for (const [entryName, entry] of Object.entries(entries)) {
      const name = `${subject}.${entryName}`;
      methods[entryName] =
        entry.kind === 'call'
          ? (input: unknown) => connection.call(name, entry, input)
          : (input: unknown) => connection.stream(name, input);
    }
    client[subject] = methods;
  }
  return client as Client<C>;
}

/** The calls and streams that wait for the other end of one port. */
class Connection {
  readonly #queues = new Map<string, EventQueue<unknown>>();
  readonly #remote: BirpcReturn<ServingEnd, ConnectingEnd>;
  #open = true;
  #streamsOpened = 0;

  constructor(port: Port) {
    const offered: ConnectingEnd = {
      next: (streamId, event) => this.#queues.get(streamId)?.push(event),
      end: (streamId, error) => this.#end(streamId, error),
    };
    this.#remote = createBirpc<ServingEnd, ConnectingEnd>(offered, birpcOptions(offered, port));
    port.onClose(() => this.#lose());
  }

  async call(name: string, entry: Call<z.ZodType, z.ZodType>, input: unknown): Promise<unknown> {
    if (!this.#open) throw lost();
    const reply: unknown = await this.#remote.call(name, ...given(input));
    // birpc gives no reply to what waited when the port closed (see `onGeneralError`).
    if (reply === undefined) throw lost();
    const answer = outcome.parse(reply);
    if (!answer.ok) throw errorFromFacts(answer.error);
    return entry.output.parse(answer.value);
  }

  stream(name: string, input: unknown): EventQueue<unknown> {
    if (!this.#open) throw lost();
    this.#streamsOpened += 1;
    const streamId = String(this.#streamsOpened);
    const queue = new EventQueue<unknown>(() => {
      if (this.#queues.delete(streamId)) void this.#remote.cancel.asEvent(streamId);
    });
    this.#queues.set(streamId, queue);
    void this.#remote.open.asEvent(streamId, name, ...given(input));
    return queue;
  }

  #end(streamId: string, error: ErrorFacts | null): void {
    const queue = this.#queues.get(streamId);
    this.#queues.delete(streamId);
    if (error === null) queue?.end();
    else queue?.fail(errorFromFacts(error));
  }

  #lose(): void {
    this.#open = false;
    this.#remote.$close(lost());
    for (const queue of this.#queues.values()) queue.fail(lost());
    this.#queues.clear();
  }
}

/** A missing input stays missing: JSON would turn it into `null`. */
function given(input: unknown): [] | [unknown] {
  return input === undefined ? [] : [input];
}

function lost(): MoeweError {
  return new MoeweError('connectionLost', {});
}
