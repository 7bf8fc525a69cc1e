/**
 * Puts the texts of evaluated tokens together with the experts that took them. The experts of a
 * token are known when it is evaluated, one step after its text.
 */
import type { RoutingRecord } from '../contract/routing.ts';
import type { TokenBatch } from './addon.ts';

type RecordedToken = RoutingRecord['tokens'][number];

export class RoutingBatches {
  readonly #expertCount: number;
  readonly #waiting: RecordedToken[] = [];

  /** `expertCount`: routed experts a layer. */
  constructor(expertCount: number) {
    this.#expertCount = expertCount;
  }

  /** Tokens in the order in which they are evaluated. */
  add(texts: readonly string[], role: RecordedToken['role']): void {
    for (const text of texts) this.#waiting.push({ text, role });
  }

  /** The record of what was evaluated meanwhile; null where nothing was. */
  take({
    layers,
    usedCount,
    tokens,
    experts,
    weights,
  }: TokenBatch['routing']): RoutingRecord | null {
    if (tokens === 0 || layers.length === 0) return null;
    return {
      layers: [...layers],
      expertCount: this.#expertCount,
      usedCount,
      tokens: this.#waiting.splice(0, tokens),
      experts: base64(experts),
      weights: base64(weights),
    };
  }
}

/** Every system that the engine runs on is little-endian, as the record is. */
function base64({ buffer, byteOffset, byteLength }: Uint16Array | Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}
