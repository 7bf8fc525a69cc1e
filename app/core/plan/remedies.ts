/** What would help a model that does not fit, each tried before it is offered. Pure. */
import type { PlanRemedy, PlanWishes } from '../../contract/plans.ts';
import { totalBytes, weightBytes, type Cache } from './memory-need.ts';
import { layouts } from './layout.ts';
import { candidatesWith, type Candidate, type Planning } from './candidates.ts';
import { withinMargin } from './budget.ts';

const contextSizes = [65_536, 32_768, 16_384, 8192, 4096, 2048, 1024, 512];

/** Remedies that work by themselves, and the two that always do: a smaller file, more memory. */
export function planRemedies(planning: Planning, candidate: Candidate): PlanRemedy[] {
  const { cache, layout } = candidate;
  const works = (changed: Cache) => candidatesWith(planning, changed).some(({ fits }) => fits);
  const contextSize = contextSizes.find(
    (size) => size < cache.contextSize && works({ ...cache, contextSize: size }),
  );
  const kvCacheType = (['q8_0', 'q4_0'] as const).find(
    (type) => isSmaller(type, cache.kvCacheType) && works({ ...cache, kvCacheType: type }),
  );
  const gpuLayers = fewerGpuLayers(planning, candidate);
  return [
    ...(contextSize === undefined ? [] : [remedy('smallerContext', { contextSize })]),
    ...(kvCacheType === undefined ? [] : [remedy('smallerKvCache', { kvCacheType })]),
    ...(gpuLayers === null ? [] : [remedy('fewerGpuLayers', { gpuLayers, now: layout.gpuLayers })]),
    ...smallerFile(planning, candidate),
    moreMemory(planning, candidate),
  ];
}

/** Types from the most exact to the smallest. */
function isSmaller(one: string, other: string): boolean {
  const order = ['f16', 'q8_0', 'q4_0'];
  return order.indexOf(one) > order.indexOf(other);
}

/** The most layers of the GPU that fit, where a person fixed more. */
function fewerGpuLayers(planning: Planning, { cache, layout }: Candidate): number | null {
  if (layout.gpuLayers === 0 || planning.wishes.gpuLayers === undefined) return null;
  const free: PlanWishes = { ...planning.wishes };
  delete free.gpuLayers;
  const freed = { ...planning, layouts: layouts(planning.model, free, planning.budget.gpu > 0) };
  const fitting = candidatesWith(freed, cache).filter(({ fits }) => fits);
  const most = fitting.reduce((found, one) => Math.max(found, one.layout.gpuLayers), -1);
  return most >= 0 && most < layout.gpuLayers ? most : null;
}

/** What the weights may weigh: names the quantization by its size, since only that is sure. */
function smallerFile({ inspection, budget }: Planning, { need }: Candidate): PlanRemedy[] {
  const rest = need.gpu.kv + need.gpu.compute + need.ram.kv + need.ram.compute;
  const places = budget.unified ? [budget.ram] : [budget.ram, budget.gpu];
  const room = places.reduce((total, bytes) => total + withinMargin(bytes), 0);
  const weights = weightBytes(need.gpu) + weightBytes(need.ram);
  const weightsBytes = room - rest;
  const bitsPerParameter = (weightsBytes * 8) / Math.max(1, inspection.parameters.total);
  // Below two bits a parameter nothing sensible is left of a model.
  if (weightsBytes >= weights || bitsPerParameter < 2) return [];
  const now = (weights * 8) / Math.max(1, inspection.parameters.total);
  return [
    remedy('smallerQuantization', {
      weightsBytes,
      quantization: inspection.quantization,
      bitsPerParameter: Math.floor(bitsPerParameter * 10) / 10,
      bitsPerParameterNow: Math.round(now * 10) / 10,
    }),
  ];
}

function moreMemory({ budget }: Planning, { need }: Candidate): PlanRemedy {
  const gpu = totalBytes(need.gpu);
  const ram = totalBytes(need.ram) + (budget.unified ? gpu : 0);
  const gpuMissing = gpu === 0 ? 0 : gpu - withinMargin(budget.gpu);
  const ramMissing = ram - withinMargin(budget.ram);
  const place = gpuMissing > ramMissing ? 'gpu' : 'ram';
  const missing = Math.max(gpuMissing, ramMissing, 0);
  return remedy('moreMemory', { place, missingBytes: missing });
}

function remedy(kind: PlanRemedy['kind'], data: PlanRemedy['data']): PlanRemedy {
  return { kind, data };
}
