/**
 * Finds the fastest placement of a model that fits a machine, keeps what a person wishes, and says
 * why. Pure: the same question has the same answer.
 *
 * More memory never makes a plan slower: it only adds layouts to choose from, and the cache's type and
 * the context's size do not count in the speed.
 */
import type { Placement, PlaceUse, Plan } from '../../contract/plans.ts';
import { comfortOf } from './budget.ts';
import {
  bestCandidate,
  expertsWished,
  planningOf,
  speedQuestion,
  type Candidate,
  type Planning,
  type PlanQuestion,
} from './candidates.ts';
import { longestContext } from './choices.ts';
import { nothing, totalBytes, weightBytes } from './memory-need.ts';
import { planReasons } from './reasons.ts';
import { planRemedies } from './remedies.ts';
import { speedOf } from './speed.ts';

/** The fastest placement that fits; where none does, what comes closest, and what would help. */
export function planPlacement(question: PlanQuestion): Plan {
  const planning = planningOf(question);
  return planOf(planning, bestCandidate(planning));
}

function planOf(planning: Planning, candidate: Candidate): Plan {
  const { inspection, wishes, budget, model } = planning;
  const { layout, cache, need, diskBytes, fits } = candidate;
  const placement: Placement = {
    ...layout,
    ...cache,
    threads: planning.chosenThreads,
    mmap: wishes.mmap ?? true,
    expertUsedCount: expertsWished(inspection, wishes),
  };
  const { ram, disk } = withoutRoom(need.ram, diskBytes);
  const diskShare = diskBytes === 0 ? 0 : diskBytes / weightBytes(need.ram);
  const totals = { gpu: totalBytes(need.gpu), ram: totalBytes(need.ram) };
  const plan = {
    fits,
    comfort: comfortOf(budget, totals),
    placement,
    memory: {
      gpu: { weights: weightBytes(need.gpu), kv: need.gpu.kv, compute: need.gpu.compute },
      ram: { weights: weightBytes(ram), kv: ram.kv, compute: ram.compute },
      disk: weightBytes(disk),
    },
    use: { gpu: need.gpu, ram, disk },
    available: { gpu: budget.gpu, ram: budget.ram },
    speed: speedOf(speedQuestion(planning, layout, diskShare), planning.measured),
    memoryBasis: 'formula' as const,
    limits: {
      layers: model.layers.length,
      expertLayers: model.expertLayers.length,
      contextSize: longestContext(inspection),
      threads: planning.hardware.processor.logicalCores,
      expertCount: inspection.experts.count,
    },
  };
  const reasons = planReasons(planning, candidate, plan);
  return { ...plan, reasons, remedies: fits ? [] : planRemedies(planning, candidate) };
}

/** Takes `bytes` of weights out of main memory: routed experts first, a token needs few of them. */
function withoutRoom(use: PlaceUse, bytes: number): { ram: PlaceUse; disk: PlaceUse } {
  const ram = { ...use };
  const disk = nothing();
  let left = bytes;
  for (const part of ['routedExperts', 'otherWeights', 'sharedExperts', 'attention'] as const) {
    const moved = Math.min(left, ram[part]);
    ram[part] -= moved;
    disk[part] += moved;
    left -= moved;
  }
  return { ram, disk };
}
