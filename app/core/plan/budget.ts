/** What a plan may use of this machine, with a margin for everything else that runs. Pure. */
import type { Gpu, Hardware } from '../../contract/hardware.ts';
import type { PlanWishes } from '../../contract/plans.ts';
import { sum } from './model-weights.ts';

export interface Budget {
  /** What is available, in bytes. */
  readonly gpu: number;
  readonly ram: number;
  /** True where the GPU's memory is part of the main memory. */
  readonly unified: boolean;
  /** What llama.cpp needs beyond the formula, as it said itself; it comes off what a plan may use. */
  readonly reserved: Reserved;
}

/** Bytes to leave free in each place. */
export interface Reserved {
  readonly gpu: number;
  readonly ram: number;
}

/** How well a use fits. */
export type Comfort = 'comfortably' | 'tightly' | 'not';

/** Left to the rest of the machine: a twentieth, at most this much. */
const marginShare = 0.05;
const largestMargin = 1024 ** 3;

/** A plan that uses less than this share leaves room for other work. */
const comfortableShare = 0.8;

/** The budget of `hardware`, as changed by wishes. */
export function budgetOf(hardware: Hardware, wishes: PlanWishes, reserved: Reserved): Budget {
  const gpus = usableGpus(hardware);
  const unified = gpus.length > 0 && gpus.every((gpu) => gpu.unified);
  return {
    gpu: wishes.vramBytes ?? sum(gpus.map(({ freeBytes }) => freeBytes)),
    ram: wishes.ramBytes ?? hardware.memory.availableBytes,
    unified,
    reserved,
  };
}

/** Graphics cards with memory of their own if there are any: llama.cpp then leaves the others out. */
export function usableGpus({ gpus }: Pick<Hardware, 'gpus'>): Gpu[] {
  const usable = gpus.filter(({ totalBytes }) => totalBytes > 0);
  const own = usable.filter(({ unified }) => !unified);
  return own.length > 0 ? own : usable.slice(0, 1);
}

/** What a plan may use of so many bytes. */
export function withinMargin(bytes: number): number {
  return Math.floor(bytes - Math.min(bytes * marginShare, largestMargin));
}

/** How bytes in both places fit. */
export function comfortOf(budget: Budget, use: { gpu: number; ram: number }): Comfort {
  const gpu = use.gpu === 0 ? 0 : use.gpu + budget.reserved.gpu;
  const ram = use.ram + budget.reserved.ram;
  const places = [
    { used: gpu, available: budget.gpu },
    { used: budget.unified ? ram + gpu : ram, available: budget.ram },
  ];
  if (places.some(({ used, available }) => used > withinMargin(available))) return 'not';
  const comfortable = places.every(({ used, available }) => used <= available * comfortableShare);
  return comfortable ? 'comfortably' : 'tightly';
}
