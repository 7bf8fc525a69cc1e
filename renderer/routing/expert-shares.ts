/** Reads which experts worked, and how much, out of the contract's sums and records. Pure. */
import type { RoutingCounts, RoutingRecord } from '../../app/contract/routing.ts';

/** An expert and its part, 0 to 1. */
export interface ExpertShare {
  readonly expert: number;
  readonly share: number;
}

/** The experts of one token in one layer, the router's first choice first. */
export interface LayerChoice {
  readonly layer: number;
  readonly experts: readonly ExpertShare[];
}

/** For each expert of a layer the part of the tokens that it worked on. */
export function tokenShares({ counts, tokens }: RoutingCounts, layerIndex: number): number[] {
  return (counts[layerIndex] ?? []).map((count) => (tokens > 0 ? count / tokens : 0));
}

/** The experts that worked, the busiest first. */
export function busiest(shares: readonly number[]): ExpertShare[] {
  return shares
    .map((share, expert) => ({ expert, share }))
    .filter(({ share }) => share > 0)
    .sort((one, other) => other.share - one.share || one.expert - other.expert);
}

/** The experts of a token of the answer, layer by layer; none where the record ends before it. */
export function choicesOfToken(record: RoutingRecord, answerToken: number): LayerChoice[] {
  const { layers, usedCount, tokens } = record;
  const begin = tokens.findIndex(({ role }) => role === 'answer');
  const token = begin + answerToken;
  if (begin === -1 || token >= tokens.length) return [];
  const experts = bytesOf(record.experts);
  const weights = bytesOf(record.weights);
  return layers.map((layer, index) => {
    const first = (token * layers.length + index) * usedCount;
    const chosen = Array.from({ length: usedCount }, (_, place) => {
      const at = first + place;
      const expert = (experts[2 * at] ?? 0) + 256 * (experts[2 * at + 1] ?? 0);
      return { expert, share: (weights[at] ?? 0) / 255 };
    });
    // What was too light to be kept has no weight.
    return { layer, experts: chosen.filter(({ share }) => share > 0) };
  });
}

/** Experts in a row of the field: few are large, many are small. */
export function fieldColumns(expertCount: number): number {
  if (expertCount <= 8) return 8;
  return expertCount <= 64 ? 16 : 32;
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (unit) => unit.charCodeAt(0));
}
