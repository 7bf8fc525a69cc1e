/**
 * The answering end of a contract: checks each argument where it arrives and each result where it
 * leaves, and turns whatever is thrown into an error of the closed list.
 */
import { createBirpc, type BirpcReturn } from 'birpc';
import type { z } from 'zod';
import type { Call, Contract, Entry, Stream } from '../contract/call.ts';
import { errorFactsOf, MoeweError, type ErrorFacts } from '../contract/errors.ts';
import type { Port } from './port.ts';
import { birpcOptions, type ConnectingEnd, type Outcome, type ServingEnd } from './wire.ts';

/** Given to every handler: ends when the caller cancels or the connection is lost. */
export interface HandlerContext {
  readonly signal: AbortSignal;
}

type HandlerOf<E extends Entry> =
  E extends Call<infer Input, infer Output>
    ? (
        input: z.output<Input>,
        context: HandlerContext,
      ) => z.input<Output> | Promise<z.input<Output>>
    : E extends Stream<infer Input, infer Event>
      ? (input: z.output<Input>, context: HandlerContext) => AsyncIterable<z.input<Event>>
      : never;

/** One handler for each entry of a contract. */
export type Handlers<C extends Contract> = {
  readonly [Subject in keyof C]: {
    readonly [Name in keyof C[Subject]]: HandlerOf<C[Subject][Name]>;
  };
};

/** Is told of errors that are Moewe's own defects, for the log. */
export type DefectListener = (thrown: unknown, entry: string) => void;

type LooseHandler = (input: unknown, context: HandlerContext) => unknown;
type LooseHandlers = Readonly<Record<string, Readonly<Record<string, LooseHandler>>>>;

/** Answers calls and streams of `contract` on `port` until the port closes. */
export function serve<C extends Contract>(
  contract: C,
  handlers: Handlers<C>,
  port: Port,
  onDefect: DefectListener,
): void {
  const serving = new Serving(contract, handlers, onDefect);
  const offered: ServingEnd = {
    call: (entry, input) => serving.call(entry, input),
    open: (streamId, entry, input) => void serving.open(streamId, entry, input, remote),
    cancel: (streamId) => serving.cancel(streamId),
  };
  const remote = createBirpc<ConnectingEnd, ServingEnd>(offered, birpcOptions(offered, port));
  port.onClose(() => {
    serving.close();
    remote.$close();
  });
}

/** The streams that are open on one port, and the look-up of what a name stands for. */
class Serving {
  readonly #contract: Contract;
  readonly #handlers: LooseHandlers;
  readonly #onDefect: DefectListener;
  readonly #closed = new AbortController();
  readonly #streams = new Map<string, AbortController>();

  constructor(contract: Contract, handlers: LooseHandlers, onDefect: DefectListener) {
    this.#contract = contract;
    this.#handlers = handlers;
    this.#onDefect = onDefect;
  }

  async call(name: string, input: unknown): Promise<Outcome> {
    try {
      const { entry, handler } = this.#find(name, 'call');
      const result = await handler(parseInput(entry, input, name), { signal: this.#closed.signal });
      return { ok: true, value: entry.output.parse(result) };
    } catch (thrown) {
      return { ok: false, error: this.#factsOf(thrown, name) };
    }
  }

  async open(
    streamId: string,
    name: string,
    input: unknown,
    remote: BirpcReturn<ConnectingEnd, ServingEnd>,
  ): Promise<void> {
    const cancelled = new AbortController();
    this.#streams.set(streamId, cancelled);
    try {
      const { entry, handler } = this.#find(name, 'stream');
      const signal = AbortSignal.any([cancelled.signal, this.#closed.signal]);
      const events = handler(parseInput(entry, input, name), { signal });
      for await (const event of events as AsyncIterable<unknown>) {
        if (signal.aborted) break;
        void remote.next.asEvent(streamId, entry.event.parse(event));
      }
      this.#end(remote, streamId, null);
    } catch (thrown) {
      this.#end(remote, streamId, this.#factsOf(thrown, name));
    } finally {
      this.#streams.delete(streamId);
    }
  }

  cancel(streamId: string): void {
    this.#streams.get(streamId)?.abort();
  }

  close(): void {
    this.#closed.abort();
  }

  #end(
    remote: BirpcReturn<ConnectingEnd, ServingEnd>,
    streamId: string,
    error: ErrorFacts | null,
  ): void {
    if (!this.#closed.signal.aborted) void remote.end.asEvent(streamId, error);
  }

  #find<Kind extends Entry['kind']>(
    name: string,
    kind: Kind,
  ): { entry: Extract<Entry, { kind: Kind }>; handler: LooseHandler } {
    const [subject = '', entryName = ''] = name.split('.');
    const group = Object.hasOwn(this.#contract, subject) ? this.#contract[subject] : undefined;
    const entry = group && Object.hasOwn(group, entryName) ? group[entryName] : undefined;
    const handler = this.#handlers[subject]?.[entryName];
    if (entry?.kind !== kind || handler === undefined) {
      throw new MoeweError('argumentInvalid', { where: name, detail: `no such ${kind}` });
    }
    return { entry: entry as Extract<Entry, { kind: Kind }>, handler };
  }

  #factsOf(thrown: unknown, name: string): ErrorFacts {
    const facts = errorFactsOf(thrown);
    if (facts.code === 'internal') this.#onDefect(thrown, name);
    return facts;
  }
}

function parseInput(entry: Entry, input: unknown, name: string): unknown {
  const parsed = entry.input.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new MoeweError('argumentInvalid', { where: name, detail: parsed.error.message });
}
