/** How many of the routed experts work on one token; some models differ from layer to layer. */
import type { TensorInfo } from './header.ts';
import type { ModelHeader } from './model-header.ts';
import { layerOf } from './tensor-class.ts';

export interface ActiveExperts {
  /** Routed experts a layer; 0 for a dense model. */
  readonly count: number;
  /** Those that work on one token, the most of any layer. */
  readonly used: number;
  /** The part of a routed tensor that one token needs, 0 to 1. */
  readonly shareOf: (tensor: TensorInfo) => number;
}

/** Counts from the metadata; where there are none, from the shapes of the `routed` tensors. */
export function activeShares(
  { own, layers }: ModelHeader,
  routed: readonly TensorInfo[],
): ActiveExperts {
  const count = own.whole('expert_count') ?? expertsIn(routed);
  const perLayer = own.list('expert_used_count');
  const used = Math.min(own.largest('expert_used_count') ?? count, count);
  const usedIn = (layer: number | undefined) =>
    perLayer && layer !== undefined && layer < layers ? (perLayer[layer] ?? used) : used;
  const shareOf = ({ name }: TensorInfo) =>
    count > 0 ? Math.min(1, usedIn(layerOf(name)) / count) : 1;
  return { count, used, shareOf };
}

/** The last size of an experts' tensor counts them; old files have a tensor for each. */
function expertsIn(routed: readonly TensorInfo[]): number {
  const joint = routed.find(({ shape }) => shape.length === 3);
  if (joint) return joint.shape[2] ?? 0;
  const numbers = routed.map(({ name }) => Number(/\.(\d+)\.weight$/.exec(name)?.[1] ?? -1));
  return Math.max(-1, ...numbers) + 1;
}
