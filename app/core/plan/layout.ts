/** The ways to lay a model over GPU and main memory, and which of them a person's wishes leave. Pure. */
import type { Placement, PlanWishes } from '../../contract/plans.ts';
import type { ModelWeights } from './model-weights.ts';

/** How many layers are on the GPU, and how many of those keep their experts in main memory. */
export type Layout = Pick<Placement, 'gpuLayers' | 'expertLayersOnCpu'>;

/** Where the parts of one layer are. */
export interface LayerPlace {
  readonly onGpu: boolean;
  readonly expertsOnGpu: boolean;
}

/**
 * From main memory alone to the GPU alone: layers first, without their experts, since attention
 * works on every token and a single expert seldom; then the experts, layer by layer.
 */
export function layouts(model: ModelWeights, wishes: PlanWishes, hasGpu: boolean): Layout[] {
  const all = model.layers.length;
  const layers = Array.from({ length: (hasGpu ? all : 0) + 1 }, (_, gpuLayers) => gpuLayers);
  const wishedLayers = wishes.gpuLayers === undefined ? null : Math.min(wishes.gpuLayers, all);
  const wishedExperts =
    wishes.expertLayersOnCpu === undefined
      ? null
      : Math.min(wishes.expertLayersOnCpu, model.expertLayers.length);
  const chosen = wishedLayers === null ? layers : [wishedLayers];
  if (wishedExperts !== null) {
    const possible = chosen.filter(
      (gpuLayers) => gpuLayers === 0 || expertLayersOnGpu(model, gpuLayers).length >= wishedExperts,
    );
    const kept = possible.length > 0 ? possible : chosen;
    return kept.map((gpuLayers) => ({ gpuLayers, expertLayersOnCpu: wishedExperts }));
  }
  return chosen.flatMap((gpuLayers, index) => {
    const experts = expertLayersOnGpu(model, gpuLayers).length;
    const last = index === chosen.length - 1;
    const fewest = last ? 0 : experts;
    return Array.from({ length: experts - fewest + 1 }, (_, step) => ({
      gpuLayers,
      expertLayersOnCpu: experts - step,
    }));
  });
}

/** Positions of the layers with experts among the last `gpuLayers`. */
export function expertLayersOnGpu(model: ModelWeights, gpuLayers: number): number[] {
  const first = model.layers.length - gpuLayers;
  return model.expertLayers.filter((layer) => layer >= first);
}

/** The place of every layer. */
export function layerPlaces(model: ModelWeights, layout: Layout): LayerPlace[] {
  const { gpuLayers, expertLayersOnCpu } = layout;
  const inMemory = new Set(expertLayersOnGpu(model, gpuLayers).slice(0, expertLayersOnCpu));
  const first = model.layers.length - gpuLayers;
  return model.layers.map((_, layer) => ({
    onGpu: layer >= first,
    expertsOnGpu: layer >= first && !inMemory.has(layer),
  }));
}
