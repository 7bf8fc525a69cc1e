/** Turns a token's experts into its bar of the expert strip. */
import type { StripToken } from '../../contract/routing.ts';
import type { RoutingBatch } from './routing-batch.ts';

/** The bars of a batch; `rare` flags the experts that the model rarely uses (`rare-experts.ts`). */
export function stripTokens(batch: RoutingBatch, rare: Uint8Array | null): StripToken[] {
  const { layers, usedCount } = batch;
  const inToken = layers.length * usedCount;
  return batch.texts.map((text, token) => {
    const begin = token * inToken;
    return {
      text,
      certainty: certainty(batch.weights.subarray(begin, begin + inToken), usedCount),
      rare: rare !== null && takesRare(batch, begin, rare),
    };
  });
}

/**
 * The strongest expert's share averaged over the layers, stretched so that 0 means that all chosen
 * experts weigh the same. With a single expert a layer there is nothing to compare: 0 as well.
 */
function certainty(weights: Uint8Array, usedCount: number): number {
  const cells = weights.length / usedCount;
  if (usedCount < 2 || cells === 0) return 0;
  let sum = 0;
  for (let cell = 0; cell < cells; cell += 1) {
    sum += Math.max(...weights.subarray(cell * usedCount, (cell + 1) * usedCount)) / 255;
  }
  const even = 1 / usedCount;
  return Math.min(1, Math.max(0, (sum / cells - even) / (1 - even)));
}

function takesRare(
  { layers, usedCount, expertCount, experts }: RoutingBatch,
  begin: number,
  rare: Uint8Array,
): boolean {
  for (let place = 0; place < layers.length * usedCount; place += 1) {
    const layer = Math.floor(place / usedCount);
    if (rare[layer * expertCount + (experts[begin + place] ?? 0)] === 1) return true;
  }
  return false;
}
