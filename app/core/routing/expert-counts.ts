/** How often each expert of each layer worked, added up over tokens. */
import type { RoutingCounts } from '../../contract/routing.ts';
import { sameExperts, type RoutingBatch, type RoutingShape } from './routing-batch.ts';

export class ExpertCounts {
  readonly shape: RoutingShape;
  /** By layer, then expert. */
  readonly counts: Uint32Array;
  #tokens: number;

  constructor(shape: RoutingShape, counts?: Uint32Array, tokens = 0) {
    const { layers, expertCount, usedCount } = shape;
    this.shape = { layers, expertCount, usedCount };
    this.counts = counts ?? new Uint32Array(layers.length * expertCount);
    this.#tokens = tokens;
  }

  get tokens(): number {
    return this.#tokens;
  }

  /** Whether a batch's experts are the ones that are counted here. */
  fits(shape: RoutingShape): boolean {
    return sameExperts(this.shape, shape);
  }

  /** Counts a batch that fits. */
  add({ layers, expertCount, usedCount, experts, texts }: RoutingBatch): void {
    const inToken = layers.length * usedCount;
    for (let place = 0; place < experts.length; place += 1) {
      const layer = Math.floor((place % inToken) / usedCount);
      const at = layer * expertCount + (experts[place] ?? 0);
      this.counts[at] = (this.counts[at] ?? 0) + 1;
    }
    this.#tokens += texts.length;
  }

  toContract(): RoutingCounts {
    const { layers, expertCount, usedCount } = this.shape;
    return {
      layers: [...layers],
      expertCount,
      usedCount,
      tokens: this.#tokens,
      counts: layers.map((_, index) => [
        ...this.counts.subarray(index * expertCount, (index + 1) * expertCount),
      ]),
    };
  }
}
