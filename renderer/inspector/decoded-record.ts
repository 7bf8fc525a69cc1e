/** Reads the record of an answer token by token. Pure. */
import type { RoutingRecord } from '../../app/contract/routing.ts';

/** One expert's part in one token and layer. */
export interface ExpertPart {
  readonly expert: number;
  /** 0 to 1: its share of the token's experts in that layer. */
  readonly weight: number;
}

/** The experts that took one token in one layer, the strongest first. */
export interface LayerChoice {
  readonly layer: number;
  readonly parts: readonly ExpertPart[];
}

export class DecodedRecord {
  readonly #record: RoutingRecord;
  readonly #experts: Uint8Array;
  readonly #weights: Uint8Array;

  constructor(record: RoutingRecord) {
    this.#record = record;
    this.#experts = bytesOf(record.experts);
    this.#weights = bytesOf(record.weights);
  }

  get tokens(): RoutingRecord['tokens'] {
    return this.#record.tokens;
  }

  /** Who took a token, layer by layer. */
  choices(token: number): LayerChoice[] {
    const { layers, usedCount, tokens } = this.#record;
    if (token < 0 || token >= tokens.length) return [];
    return layers.map((layer, index) => {
      const begin = (token * layers.length + index) * usedCount;
      const parts = Array.from({ length: usedCount }, (_, place): ExpertPart => {
        const at = begin + place;
        const low = this.#experts[at * 2] ?? 0;
        const high = this.#experts[at * 2 + 1] ?? 0;
        return { expert: low + high * 256, weight: (this.#weights[at] ?? 0) / 255 };
      });
      return { layer, parts: parts.toSorted((a, b) => b.weight - a.weight) };
    });
  }
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
