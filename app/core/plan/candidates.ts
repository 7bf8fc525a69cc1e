/** The ways that are open to a plan, what each takes, and the best of them. Pure. */
import type { Hardware } from '../../contract/hardware.ts';
import type { Inspection } from '../../contract/inspection.ts';
import type { PlanWishes } from '../../contract/plans.ts';
import { budgetOf, comfortOf, withinMargin, type Budget, type Reserved } from './budget.ts';
import { cachesToTry, threadsOf } from './choices.ts';
import { layouts, type Layout } from './layout.ts';
import { memoryNeed, totalBytes, weightBytes, type Cache, type MemoryNeed } from './memory-need.ts';
import { modelWeights, type ModelWeights } from './model-weights.ts';
import { secondsPerToken, type MeasuredSpeed, type SpeedQuestion } from './speed.ts';

/** What is to be planned. */
export interface PlanQuestion {
  readonly inspection: Inspection;
  readonly hardware: Hardware;
  readonly wishes: PlanWishes;
  /** The number of threads that was measured as the best for this model here; null: unknown. */
  readonly threads: number | null;
  /** The last speed of this model on this machine; null: it never ran. */
  readonly measured: MeasuredSpeed | null;
  /** Bytes that llama.cpp needs beyond the formula. */
  readonly reserved?: Reserved;
  /** False without the native build, which alone can part a layer from its experts. */
  readonly placesExperts?: boolean;
}

/** One way that was looked at. */
export interface Candidate {
  readonly layout: Layout;
  readonly cache: Cache;
  readonly need: MemoryNeed;
  readonly fits: boolean;
  /** Bytes of weights in main memory that find no room there. */
  readonly diskBytes: number;
  readonly seconds: number;
}

/** Everything that stays the same while candidates are looked at. */
export interface Planning extends PlanQuestion {
  readonly model: ModelWeights;
  readonly budget: Budget;
  readonly layouts: readonly Layout[];
  readonly caches: readonly Cache[];
  readonly chosenThreads: number;
}

/** What all candidates share. */
export function planningOf(question: PlanQuestion): Planning {
  const { inspection, hardware, wishes, threads } = question;
  const model = modelWeights(inspection);
  const budget = budgetOf(hardware, wishes, question.reserved ?? { gpu: 0, ram: 0 });
  const possible = layouts(model, wishes, budget.gpu > 0);
  const whole = possible.filter(
    ({ gpuLayers, expertLayersOnCpu }) => gpuLayers === 0 || expertLayersOnCpu === 0,
  );
  return {
    ...question,
    model,
    budget,
    layouts: question.placesExperts === false ? layersWithExperts(model, whole) : possible,
    caches: cachesToTry(inspection, wishes),
    chosenThreads: wishes.threads ?? threads ?? threadsOf(hardware),
  };
}

/** Without the native build a layer goes to the GPU with its experts, or not at all. */
function layersWithExperts(model: ModelWeights, whole: readonly Layout[]): Layout[] {
  const [first] = whole;
  const last = whole.at(-1);
  if (!first || !last) return [{ gpuLayers: 0, expertLayersOnCpu: 0 }];
  const most = Math.min(last.gpuLayers, model.layers.length);
  return Array.from({ length: most - first.gpuLayers + 1 }, (_, step) => ({
    gpuLayers: first.gpuLayers + step,
    expertLayersOnCpu: 0,
  }));
}

/**
 * The fastest that fits with the usual cache. Where main memory is too short for that, the layout is
 * the one that the GPU allows, and only the cache shrinks: another layout would be faster than what
 * more memory gives, since a smaller cache leaves the GPU room for experts.
 */
export function bestCandidate(planning: Planning): Candidate {
  const [usual, ...smaller] = planning.caches;
  if (!usual) throw new Error('a plan needs a context');
  const all = candidatesWith(planning, usual);
  const best = fastest(all.filter(({ fits }) => fits));
  if (best) return best;
  const inMemory = (one: Candidate) => ({ ...one, seconds: secondsWithoutDisk(planning, one) });
  const onGpu = all.filter(({ need }) => fitsGpu(planning.budget, need)).map(inMemory);
  const layout = (fastest(onGpu) ?? all[0])?.layout;
  if (!layout) throw new Error('a plan needs a layout');
  const tries = smaller.map((cache) => candidateOf(planning, layout, cache));
  const shrunk = tries.find(({ fits }) => fits);
  // Nothing fits: weights will be read from the disk, in a context that is still worth having.
  const worth = tries.findLast(({ cache }) => cache.contextSize >= 4096);
  return shrunk ?? worth ?? candidateOf(planning, layout, usual);
}

function secondsWithoutDisk(planning: Planning, { layout }: Candidate): number {
  return secondsPerToken(speedQuestion(planning, layout, 0));
}

/** Every layout with one cache. */
export function candidatesWith(planning: Planning, cache: Cache): Candidate[] {
  return planning.layouts.map((layout) => candidateOf(planning, layout, cache));
}

function candidateOf(planning: Planning, layout: Layout, cache: Cache): Candidate {
  const { inspection, model, budget } = planning;
  const need = memoryNeed(inspection, model, layout, cache);
  const gpu = totalBytes(need.gpu);
  const ram = totalBytes(need.ram);
  const fits = comfortOf(budget, { gpu, ram }) !== 'not';
  const room = withinMargin(budget.ram) - budget.reserved.ram - (budget.unified ? gpu : 0);
  const diskBytes = fits ? 0 : Math.min(weightBytes(need.ram), Math.max(0, ram - room));
  const diskShare = diskBytes === 0 ? 0 : diskBytes / weightBytes(need.ram);
  const seconds = secondsPerToken(speedQuestion(planning, layout, diskShare));
  return { layout, cache, need, fits, diskBytes, seconds };
}

/** The question of a layout's speed. */
export function speedQuestion(
  planning: Planning,
  layout: Layout,
  diskShare: number,
): SpeedQuestion {
  const { inspection, model, hardware, wishes, chosenThreads } = planning;
  const expertUsedCount = expertsWished(inspection, wishes);
  return {
    inspection,
    model,
    hardware,
    layout,
    threads: chosenThreads,
    expertUsedCount,
    diskShare,
  };
}

/** Experts for each token, if the person changed them and there are any. */
export function expertsWished(
  { experts }: Inspection,
  { expertUsedCount }: PlanWishes,
): number | null {
  if (expertUsedCount === undefined || expertUsedCount === null || experts.count === 0) return null;
  return Math.min(expertUsedCount, experts.count);
}

function fastest(candidates: readonly Candidate[]): Candidate | undefined {
  let best: Candidate | undefined;
  for (const candidate of candidates) {
    if (best === undefined || candidate.seconds < best.seconds) best = candidate;
  }
  return best;
}

function fitsGpu({ gpu, reserved }: Budget, need: MemoryNeed): boolean {
  const used = totalBytes(need.gpu);
  return used === 0 || used + reserved.gpu <= withinMargin(gpu);
}
