/** What lies in one place, by class, in the order in which bars show it. Pure. */
import type { MemoryReport, PlaceUse } from '../../app/contract/plans.ts';

export type PartName = keyof PlaceUse;

/** From what always works to what only the conversation needs. */
export const partNames: readonly PartName[] = [
  'attention',
  'sharedExperts',
  'routedExperts',
  'otherWeights',
  'kv',
  'compute',
];

export interface Part {
  readonly name: PartName;
  readonly bytes: number;
}

/** The parts that are there at all. */
export function partsOf(use: PlaceUse): Part[] {
  return partNames.map((name) => ({ name, bytes: use[name] })).filter(({ bytes }) => bytes > 0);
}

export function bytesIn(use: PlaceUse): number {
  return partNames.reduce((sum, name) => sum + use[name], 0);
}

/** Bytes that llama.cpp reports in one place. */
export function reportedBytes({ weights, kv, compute }: MemoryReport['gpu']): number {
  return weights + kv + compute;
}
