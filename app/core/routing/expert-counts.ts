/** How often each expert of each layer worked: sums of choices. Pure. */
import type { RoutingCounts } from '../../contract/routing.ts';
import type { ExpertChoices, RoutingShape } from './expert-choices.ts';

export interface ExpertCounts {
  readonly shape: RoutingShape;
  /** Tokens that were counted. */
  readonly tokens: number;
  /** By layer, then by expert. Floating point: exact beyond any number of tokens. */
  readonly counts: Float64Array;
}

export function noCounts(shape: RoutingShape): ExpertCounts {
  const counts = new Float64Array(shape.layers.length * shape.expertCount);
  return { shape, tokens: 0, counts };
}

/** `sum` and the choices of more tokens, which have its shape. */
export function withChoices(sum: ExpertCounts, { texts, experts }: ExpertChoices): ExpertCounts {
  const { layers, expertCount, usedCount } = sum.shape;
  const counts = Float64Array.from(sum.counts);
  for (const [index, expert] of experts.entries()) {
    const layer = Math.floor(index / usedCount) % layers.length;
    const place = layer * expertCount + expert;
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return { ...sum, tokens: sum.tokens + texts.length, counts };
}

/** The form of the contract. */
export function routingCountsOf({ shape, tokens, counts }: ExpertCounts): RoutingCounts {
  const { layers, expertCount, usedCount } = shape;
  return {
    layers: [...layers],
    expertCount,
    usedCount,
    tokens,
    counts: layers.map((_, layer) => [
      ...counts.subarray(layer * expertCount, (layer + 1) * expertCount),
    ]),
  };
}
