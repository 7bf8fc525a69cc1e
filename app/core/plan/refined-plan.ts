/** A plan with llama.cpp's own count of its buffers instead of the formula's. Pure. */
import type { MemoryReport, Plan, PlaceUse } from '../../contract/plans.ts';
import { comfortOf, type Reserved } from './budget.ts';
import { fitReason } from './reasons.ts';
import { nothing, totalBytes, weightBytes } from './memory-need.ts';

/**
 * Takes the report's bytes. What a class of weights has is scaled, since llama.cpp does not tell
 * classes; weights that stay on the disk stay there. `unified`: the GPU's memory is main memory.
 */
export function refined(plan: Plan, report: MemoryReport, unified = false): Plan {
  const { disk } = plan.memory;
  const ramWeights = Math.max(0, report.ram.weights - disk);
  const memory = { gpu: report.gpu, ram: { ...report.ram, weights: ramWeights }, disk };
  const use = {
    gpu: scaled(plan.use.gpu, memory.gpu),
    ram: scaled(plan.use.ram, memory.ram),
    disk: plan.use.disk,
  };
  const totals = { gpu: totalBytes(use.gpu), ram: totalBytes(use.ram) };
  const budget = { ...plan.available, unified, reserved: { gpu: 0, ram: 0 } };
  const comfort = disk > 0 ? 'not' : comfortOf(budget, totals);
  const need = { gpu: use.gpu, ram: { ...use.ram, routedExperts: use.ram.routedExperts + disk } };
  const fit = fitReason({ budget }, { need }, { comfort });
  const codes = ['fitsComfortably', 'fitsTightly', 'memoryTooSmall'];
  const reasons = plan.reasons.map((reason) => (codes.includes(reason.code) ? fit : reason));
  return {
    ...plan,
    fits: comfort !== 'not',
    comfort,
    memory,
    use,
    reasons,
    memoryBasis: 'llamaCpp',
  };
}

/** What a report needs beyond a plan, to be reserved when it is planned again. */
export function beyond(plan: Plan, report: MemoryReport): Reserved {
  const needs = (share: MemoryReport['gpu']) => share.weights + share.kv + share.compute;
  return {
    gpu: Math.max(0, needs(report.gpu) - needs(plan.memory.gpu)),
    ram: Math.max(0, needs(report.ram) - needs(plan.memory.ram) - plan.memory.disk),
  };
}

/** The same classes with other sums; what rounding leaves goes to `otherWeights`. */
function scaled(use: PlaceUse, share: MemoryReport['gpu']): PlaceUse {
  const before = weightBytes(use);
  const factor = before === 0 ? 0 : share.weights / before;
  const classes = {
    ...nothing(),
    attention: Math.floor(use.attention * factor),
    sharedExperts: Math.floor(use.sharedExperts * factor),
    routedExperts: Math.floor(use.routedExperts * factor),
  };
  const otherWeights = share.weights - weightBytes(classes);
  return { ...classes, otherWeights, kv: share.kv, compute: share.compute };
}
