/** The parts of a place's use in the order in which they are drawn, with their names. */
import type { PlaceUse } from '../../app/contract/plans.ts';
import { m } from '../../app/words/generated/messages.js';

export const useKinds: readonly { readonly kind: keyof PlaceUse; readonly name: () => string }[] = [
  { kind: 'attention', name: m.use_attention },
  { kind: 'sharedExperts', name: m.use_shared_experts },
  { kind: 'routedExperts', name: m.use_routed_experts },
  { kind: 'otherWeights', name: m.use_other_weights },
  { kind: 'kv', name: m.use_kv },
  { kind: 'compute', name: m.use_compute },
];

/** The fill of each part. */
export const useColours: Readonly<Record<keyof PlaceUse, string>> = {
  attention: 'var(--sea-fill)',
  sharedExperts: 'var(--shared-experts)',
  routedExperts: 'var(--routed-experts)',
  otherWeights: 'var(--other-weights)',
  kv: 'var(--kv)',
  compute: 'var(--compute)',
};

/** Everything that lies in a place, in bytes. */
export function usedBytes(use: PlaceUse): number {
  return useKinds.reduce((sum, { kind }) => sum + use[kind], 0);
}
