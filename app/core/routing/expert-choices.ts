/**
 * Which experts tokens took, as numbers to reckon with: the contract's record without base64. Pure.
 */
import type { RoutingRecord } from '../../contract/routing.ts';

/** What records must share to be compared: the layers with experts, how many, how many are used. */
export interface RoutingShape {
  /** Layers with experts, in order. */
  readonly layers: readonly number[];
  /** Routed experts a layer. */
  readonly expertCount: number;
  /** Experts chosen for a token in a layer. */
  readonly usedCount: number;
}

/** Choices of some tokens, in the order token, layer, place. */
export interface ExpertChoices {
  readonly shape: RoutingShape;
  /** The text of each token. */
  readonly texts: readonly string[];
  readonly experts: Uint16Array;
  /** Shares of the token's experts in a layer; 255 is a share of 1. */
  readonly weights: Uint8Array;
}

/** The choices that a record tells of. */
export function choicesOf(record: RoutingRecord): ExpertChoices {
  const { layers, expertCount, usedCount, tokens } = record;
  const bytes = Buffer.from(record.experts, 'base64');
  const experts = new Uint16Array(bytes.length / 2);
  for (let index = 0; index < experts.length; index += 1) {
    experts[index] = bytes.readUInt16LE(index * 2);
  }
  return {
    shape: { layers, expertCount, usedCount },
    texts: tokens.map(({ text }) => text),
    experts,
    weights: Uint8Array.from(Buffer.from(record.weights, 'base64')),
  };
}

/** The record of an answer's choices. */
export function recordOf({ shape, texts, experts, weights }: ExpertChoices): RoutingRecord {
  const bytes = Buffer.alloc(experts.length * 2);
  for (const [index, expert] of experts.entries()) bytes.writeUInt16LE(expert, index * 2);
  return {
    ...shape,
    layers: [...shape.layers],
    tokens: texts.map((text) => ({ text, role: 'answer' })),
    experts: bytes.toString('base64'),
    weights: Buffer.from(weights).toString('base64'),
  };
}

/** One after the other; all of the same shape. Null for none. */
export function joined(parts: readonly ExpertChoices[]): ExpertChoices | null {
  const [first] = parts;
  if (first === undefined) return null;
  const length = parts.reduce((sum, { experts }) => sum + experts.length, 0);
  const experts = new Uint16Array(length);
  const weights = new Uint8Array(length);
  let end = 0;
  for (const part of parts) {
    experts.set(part.experts, end);
    weights.set(part.weights, end);
    end += part.experts.length;
  }
  return { shape: first.shape, texts: parts.flatMap(({ texts }) => texts), experts, weights };
}

export function sameShape(one: RoutingShape, other: RoutingShape): boolean {
  return shapeKey(one) === shapeKey(other);
}

/** A shape as text that is equal for equal shapes. */
export function shapeKey({ layers, expertCount, usedCount }: RoutingShape): string {
  return JSON.stringify([layers, expertCount, usedCount]);
}
