/** Where a model's parts are, from its plan and from what llama.cpp reports. Pure. */
import type { MemoryReport, PlaceUse, Plan } from '../../app/contract/plans.ts';
import { m } from '../../app/words/generated/messages.js';
import { formatBytes } from '../../app/words/numbers.ts';
import type { Locale } from '../../app/words/locale.ts';
import { usedBytes } from '../parts/use-kinds.ts';

/** One bar of *Where it lives*. */
export interface Place {
  readonly place: 'gpu' | 'ram' | 'disk';
  readonly use: PlaceUse;
  /** What the whole bar stands for; 0 where the place has no end worth showing. */
  readonly totalBytes: number;
}

/** The bars of a plan; of a loaded model with the real figures instead of the planned ones. */
export function placesOf(plan: Plan, real: MemoryReport | null): Place[] {
  const gpu = real ? realUse(plan.use.gpu, real.gpu) : plan.use.gpu;
  const ram = real ? realUse(plan.use.ram, real.ram) : plan.use.ram;
  const places: Place[] = [
    { place: 'gpu', use: gpu, totalBytes: Math.max(plan.available.gpu, usedBytes(gpu)) },
    { place: 'ram', use: ram, totalBytes: Math.max(plan.available.ram, usedBytes(ram)) },
    { place: 'disk', use: plan.use.disk, totalBytes: usedBytes(plan.use.disk) },
  ];
  return places.filter(({ place, totalBytes }) => place !== 'gpu' || totalBytes > 0);
}

/** llama.cpp tells the sum of the weights; the plan knows their classes' shares in it. */
export function realUse(planned: PlaceUse, real: MemoryReport['gpu']): PlaceUse {
  const { kv, compute, weights } = real;
  const plannedWeights = usedBytes(planned) - planned.kv - planned.compute;
  if (plannedWeights === 0) {
    return { attention: 0, sharedExperts: 0, routedExperts: 0, otherWeights: weights, kv, compute };
  }
  const scaled = (bytes: number) => Math.round((bytes * weights) / plannedWeights);
  return {
    attention: scaled(planned.attention),
    sharedExperts: scaled(planned.sharedExperts),
    routedExperts: scaled(planned.routedExperts),
    otherWeights: scaled(planned.otherWeights),
    kv,
    compute,
  };
}

/** The whole placement in one sentence. */
export function placementSentence({ comfort, placement, limits, memory }: Plan): string {
  if (comfort === 'not') return m.places_too_large();
  const { gpuLayers, expertLayersOnCpu } = placement;
  const where =
    gpuLayers === 0
      ? m.places_all_memory()
      : expertLayersOnCpu > 0
        ? m.places_experts_memory({ count: expertLayersOnCpu, layers: limits.expertLayers })
        : gpuLayers < limits.layers
          ? m.places_layers_gpu({ count: gpuLayers, layers: limits.layers })
          : m.places_all_gpu();
  const sentence = comfort === 'tightly' ? m.places_tightly({ where }) : m.places_fits({ where });
  return memory.disk > 0 ? m.places_from_disk({ sentence }) : sentence;
}

/** `7.1 / 8 GB`; the use alone where its unit is another one. */
export function useFigure(used: number, total: number, locale: Locale): string {
  if (used === 0) return '0';
  const [amount, unit] = formatBytes(used, locale).split(' ');
  const [whole, wholeUnit] = formatBytes(total, locale).split(' ');
  return unit === wholeUnit && total > used
    ? `${amount ?? ''} / ${whole ?? ''} ${unit ?? ''}`
    : formatBytes(used, locale);
}
