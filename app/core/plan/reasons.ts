/** Why a plan is as it is, as codes with data; `app/words/plan-words.ts` makes sentences. Pure. */
import type { Plan, PlanReason, PlanWishes } from '../../contract/plans.ts';
import { usableGpus } from './budget.ts';
import { totalBytes } from './memory-need.ts';
import { sum } from './model-weights.ts';
import type { Candidate, Planning } from './candidates.ts';
import { readingOf } from './speed.ts';

type Undecided = Omit<Plan, 'reasons' | 'remedies'>;

/** One reason for every number, in the order in which a person asks for them. */
export function planReasons(
  planning: Planning,
  candidate: Candidate,
  plan: Undecided,
): PlanReason[] {
  return [
    ...layoutReason(planning, candidate, plan),
    ...cacheReasons(planning, candidate),
    threadsReason(planning),
    { code: plan.placement.mmap ? 'mappedFile' : 'readIntoMemory', data: {} },
    fitReason(planning, candidate, plan),
    speedReason(planning, candidate, plan),
    ...expertsReason(planning, plan),
    ...fixedReasons(planning.wishes),
  ];
}

/** The reason of fitting alone, which changes when llama.cpp itself counted. */
export function fitReason(
  { budget }: Pick<Planning, 'budget'>,
  { need }: Pick<Candidate, 'need'>,
  { comfort }: Pick<Plan, 'comfort'>,
): PlanReason {
  const gpu = totalBytes(need.gpu);
  const ram = totalBytes(need.ram);
  const ramUsed = ram + (budget.unified ? gpu : 0);
  // The place that is fuller decides.
  const place = gpu * budget.ram > ramUsed * budget.gpu ? 'gpu' : 'ram';
  const neededBytes = place === 'gpu' ? gpu : ramUsed;
  const data = { place, neededBytes, availableBytes: place === 'gpu' ? budget.gpu : budget.ram };
  if (comfort === 'not') return { code: 'memoryTooSmall', data };
  return { code: comfort === 'tightly' ? 'fitsTightly' : 'fitsComfortably', data };
}

function layoutReason(
  { model, hardware, budget, wishes }: Planning,
  { layout }: Candidate,
  { use }: Undecided,
): PlanReason[] {
  const { gpuLayers, expertLayersOnCpu } = layout;
  const layers = model.layers.length;
  const expertLayers = model.expertLayers.length;
  const gpuBytes = budget.gpu;
  if (gpuLayers === 0) {
    if (wishes.gpuLayers === 0) return [];
    const [gpu] = hardware.gpus;
    if (gpuBytes > 0) {
      const neededBytes = sum(model.layers.map((layer) => layer.attention + layer.rest));
      return [{ code: 'gpuTooSmall', data: { gpuBytes, neededBytes } }];
    }
    if (gpu && usableGpus(hardware).length === 0) {
      return [{ code: 'gpuNotUsable', data: { name: gpu.name } }];
    }
    return [{ code: 'noGpu', data: {} }];
  }
  if (gpuLayers < layers) {
    const neededBytes = totalBytes(use.gpu) + sum([use.ram.attention, use.ram.routedExperts]);
    return [{ code: 'someLayersOnGpu', data: { gpuLayers, layers, gpuBytes, neededBytes } }];
  }
  if (expertLayersOnCpu === 0) {
    return [{ code: 'wholeModelOnGpu', data: { neededBytes: totalBytes(use.gpu), gpuBytes } }];
  }
  const neededBytes = sum(model.layers.map(({ routedExperts }) => routedExperts));
  const code = expertLayersOnCpu === expertLayers ? 'allExpertsInMemory' : 'someExpertsInMemory';
  const data = { layersInMemory: expertLayersOnCpu, expertLayers, gpuBytes, neededBytes };
  return [{ code, data }];
}

function cacheReasons(
  { wishes, caches, inspection }: Planning,
  { cache }: Candidate,
): PlanReason[] {
  const { contextSize, kvCacheType } = cache;
  const data = { contextSize, modelContextSize: inspection.contextLength };
  const usual = caches[0]?.contextSize ?? contextSize;
  const ofModel = contextSize === inspection.contextLength;
  const code = contextSize < usual ? 'contextSmaller' : ofModel ? 'contextOfModel' : 'contextUsual';
  return [
    { code: kvCacheType === 'f16' ? 'kvCacheExact' : 'kvCacheSmaller', data: { kvCacheType } },
    { code: wishes.contextSize === undefined ? code : 'contextAsWished', data },
  ];
}

function threadsReason({ wishes, threads, chosenThreads, hardware }: Planning): PlanReason {
  const { physicalCores, performanceCores } = hardware.processor;
  const measured = wishes.threads === undefined && threads !== null;
  return {
    code: measured ? 'threadsMeasured' : 'threadsOfCores',
    data: {
      threads: chosenThreads,
      physicalCores,
      performanceCores,
      wished: wishes.threads === undefined ? 'no' : 'yes',
    },
  };
}

function speedReason(
  planning: Planning,
  { layout, diskBytes }: Candidate,
  plan: Undecided,
): PlanReason {
  const { measured, inspection, model, hardware } = planning;
  if (measured !== null) {
    return { code: 'speedMeasured', data: { tokensPerSecond: measured.tokensPerSecond } };
  }
  const { expertUsedCount } = plan.placement;
  const reading = readingOf({ inspection, model, layout, expertUsedCount, diskShare: 0 });
  const gpu = usableGpus(hardware).at(0)?.bandwidth ?? 0;
  return {
    code: 'speedFromBandwidth',
    data: {
      ramBytes: Math.round(reading.ram),
      gpuBytes: Math.round(reading.gpu),
      diskBytes,
      bandwidth: hardware.memory.bandwidth ?? 0,
      gpuBandwidth: gpu,
    },
  };
}

function expertsReason({ inspection }: Planning, { placement }: Undecided): PlanReason[] {
  const { used, count } = inspection.experts;
  const { expertUsedCount } = placement;
  if (expertUsedCount === null || expertUsedCount === used) return [];
  return [{ code: 'expertsChanged', data: { expertUsedCount, used, count } }];
}

/** One for each wish; `field` is its name in `PlanWishes`. */
function fixedReasons(wishes: PlanWishes): PlanReason[] {
  return Object.entries(wishes).flatMap(([field, value]): PlanReason[] =>
    value === null ? [] : [{ code: 'fixedByPerson', data: { field, value: String(value) } }],
  );
}
