/**
 * The two shapes in which anything crosses a process border: a call, which is answered once, and
 * a stream, which is answered until one side ends it. Both are plain data; `app/rpc/` derives the
 * two ends from them.
 */
import type { z } from 'zod';

/** A question with one answer. */
export interface Call<Input extends z.ZodType, Output extends z.ZodType> {
  readonly kind: 'call';
  readonly input: Input;
  readonly output: Output;
}

/** A question with any number of answers, in order, until either side ends it. */
export interface Stream<Input extends z.ZodType, Event extends z.ZodType> {
  readonly kind: 'stream';
  readonly input: Input;
  readonly event: Event;
}

/** Any entry of a contract. */
export type Entry = Call<z.ZodType, z.ZodType> | Stream<z.ZodType, z.ZodType>;

/** Entries by subject and name: the whole truth about one border. */
export type Contract = Readonly<Record<string, Readonly<Record<string, Entry>>>>;

/** Describes a call: what it takes and what it gives back. */
export function call<Input extends z.ZodType, Output extends z.ZodType>(
  input: Input,
  output: Output,
): Call<Input, Output> {
  return { kind: 'call', input, output };
}

/** Describes a stream: what it takes and each event that it yields. */
export function stream<Input extends z.ZodType, Event extends z.ZodType>(
  input: Input,
  event: Event,
): Stream<Input, Event> {
  return { kind: 'stream', input, event };
}
