/**
 * The few functions that travel between the two ends, and the check of everything that arrives.
 * birpc carries them; a message of another form is dropped before birpc sees it.
 */
import { z } from 'zod';
import { errorFacts, type ErrorFacts } from '../contract/errors.ts';
import type { Port } from './port.ts';

/** How a call ends: errors travel as facts, since an `Error` loses its fields on the way. */
export type Outcome = { ok: true; value?: unknown } | { ok: false; error: ErrorFacts };

/** What the serving end offers. `entry` is `subject.name` of the contract. */
export interface ServingEnd {
  call(entry: string, input?: unknown): Promise<Outcome>;
  open(streamId: string, entry: string, input?: unknown): void;
  cancel(streamId: string): void;
}

/** What the connecting end offers to the serving one. */
export interface ConnectingEnd {
  next(streamId: string, event: unknown): void;
  end(streamId: string, error: ErrorFacts | null): void;
}

const envelope = z.union([
  z.object({ t: z.literal('q'), m: z.string(), a: z.array(z.unknown()).max(3) }).loose(),
  z.object({ t: z.literal('s'), i: z.string() }).loose(),
]);

/** The answer to a call, checked. */
export const outcome = z.union([
  z.object({ ok: z.literal(true), value: z.unknown().optional() }),
  z.object({ ok: z.literal(false), error: errorFacts }),
]);

/**
 * How birpc sits on a port: what arrives is checked before birpc sees it, only own functions can be
 * named, and nothing times out (loading a large model may take minutes; a lost port ends all).
 */
export function birpcOptions(functions: object, port: Port) {
  return {
    post: (message: unknown) => port.send(message),
    on: (listener: (message: unknown) => void) => port.onMessage(listener),
    deserialize: (message: unknown) => envelope.parse(message),
    resolver: (name: string, resolved: (...values: unknown[]) => unknown) =>
      Object.hasOwn(functions, name) ? resolved : undefined,
    timeout: -1,
    onGeneralError: () => true,
  };
}
