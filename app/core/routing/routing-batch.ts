/**
 * Evaluated tokens with the experts that took them, as the core computes with them: `experts` and
 * `weights` run over token, layer, place, as in `routingRecord`.
 */
import type { RoutingRecord } from '../../contract/routing.ts';
import { MoeweError } from '../../contract/errors.ts';

/** What all records of one model have in common. */
export interface RoutingShape {
  /** Layers with experts, in order. */
  readonly layers: readonly number[];
  /** Routed experts a layer. */
  readonly expertCount: number;
  /** Experts told of a token in a layer. */
  readonly usedCount: number;
}

export interface RoutingBatch extends RoutingShape {
  readonly texts: readonly string[];
  readonly experts: Uint16Array;
  /** 255 is all of the token's experts in that layer. */
  readonly weights: Uint8Array;
}

/** Reads a record. Throws `internal` where its parts contradict each other. */
export function batchOf(record: RoutingRecord): RoutingBatch {
  const { layers, expertCount, usedCount, tokens } = record;
  // Copied: the bytes of a Buffer need not begin where 16-bit numbers may.
  const experts = new Uint16Array(Uint8Array.from(Buffer.from(record.experts, 'base64')).buffer);
  const weights = Uint8Array.from(Buffer.from(record.weights, 'base64'));
  const places = tokens.length * layers.length * usedCount;
  if (experts.length !== places || weights.length !== places) {
    throw new MoeweError('internal', { detail: 'a routing record of the wrong length' });
  }
  const texts = tokens.map(({ text }) => text);
  return { layers, expertCount, usedCount, texts, experts, weights };
}

/** The record of an answer's tokens. */
export function answerRecordOf(batch: RoutingBatch): RoutingRecord {
  const { layers, expertCount, usedCount, texts, experts, weights } = batch;
  return {
    layers: [...layers],
    expertCount,
    usedCount,
    tokens: texts.map((text) => ({ text, role: 'answer' })),
    experts: base64(experts),
    weights: base64(weights),
  };
}

/** Whether counts and records of both can be added up. */
export function sameExperts(one: RoutingShape, other: RoutingShape): boolean {
  return (
    one.expertCount === other.expertCount &&
    one.layers.length === other.layers.length &&
    one.layers.every((layer, index) => layer === other.layers[index])
  );
}

/** Batches of one answer in order as one; null without any. */
export function joined(batches: readonly RoutingBatch[]): RoutingBatch | null {
  const [first] = batches;
  if (!first || batches.length === 1) return first ?? null;
  const { layers, expertCount, usedCount } = first;
  const alike = batches.filter((b) => sameExperts(b, first) && b.usedCount === usedCount);
  const texts = alike.flatMap((batch) => batch.texts);
  const places = texts.length * layers.length * usedCount;
  const experts = new Uint16Array(places);
  const weights = new Uint8Array(places);
  let at = 0;
  for (const batch of alike) {
    experts.set(batch.experts, at);
    weights.set(batch.weights, at);
    at += batch.experts.length;
  }
  return { layers, expertCount, usedCount, texts, experts, weights };
}

function base64({ buffer, byteOffset, byteLength }: Uint16Array | Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}
