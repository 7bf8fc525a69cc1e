/** A placement as the engine is told: the layers of experts by number. Pure. */
import type { EnginePlacement } from '../../contract/engine.ts';
import type { Inspection } from '../../contract/inspection.ts';
import type { Placement } from '../../contract/plans.ts';
import { expertLayersOnGpu } from './layout.ts';
import { modelWeights } from './model-weights.ts';

/** The first expert layers of those on the GPU keep their experts in main memory. */
export function enginePlacementOf(placement: Placement, inspection: Inspection): EnginePlacement {
  const { gpuLayers, expertLayersOnCpu, kvCacheType, contextSize, mmap, expertUsedCount } =
    placement;
  const positions = expertLayersOnGpu(modelWeights(inspection), gpuLayers);
  return {
    gpuLayers,
    kvCacheType,
    contextSize,
    mmap,
    expertUsedCount,
    architecture: inspection.architecture,
    expertLayersInMemory: positions
      .slice(0, expertLayersOnCpu)
      .map((position) => inspection.layers[position]?.layer ?? position),
    expertMatrices: ['up', 'gate', 'down'],
  };
}
