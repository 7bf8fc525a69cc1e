/** From counts to what a person asks: how much of the tokens did an expert take. Pure. */
import type { RoutingCounts } from '../../app/contract/routing.ts';

export interface ExpertShare {
  readonly expert: number;
  /** 0 to 1: the part of the counted tokens that the expert took in this layer. */
  readonly share: number;
}

/** The shares of all experts of a layer, in the order of their numbers. */
export function sharesOf({ layers, counts, tokens }: RoutingCounts, layer: number): ExpertShare[] {
  const ofLayer = counts[layers.indexOf(layer)] ?? [];
  return ofLayer.map((uses, expert) => ({ expert, share: tokens === 0 ? 0 : uses / tokens }));
}

/** The expert that took most tokens. */
export function busiest(shares: readonly ExpertShare[]): ExpertShare | undefined {
  return shares.reduce<ExpertShare | undefined>(
    (most, share) => (most && most.share >= share.share ? most : share),
    undefined,
  );
}

/** The layer in the middle: the first and the last ones are seldom typical. */
export function middleLayer(layers: readonly number[]): number {
  return layers[Math.floor(layers.length / 2)] ?? 0;
}

/** Squares in a row of the field, so that a layer of any size is a calm block. */
export function fieldColumns(expertCount: number): number {
  if (expertCount <= 16) return 8;
  return expertCount <= 64 ? 16 : 32;
}
