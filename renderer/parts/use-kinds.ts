/** The parts of a place's use in the order in which they are drawn, with their names. */
import type { PlaceUse } from '../../app/contract/plans.ts';
import { m } from '../../app/words/generated/messages.js';

interface UseKind {
  readonly kind: keyof PlaceUse;
  readonly name: () => string;
  /** What it is, in one sentence. */
  readonly explained: () => string;
}

export const useKinds: readonly UseKind[] = [
  { kind: 'attention', name: m.use_attention, explained: m.use_attention_explained },
  { kind: 'sharedExperts', name: m.use_shared_experts, explained: m.use_shared_experts_explained },
  { kind: 'routedExperts', name: m.use_routed_experts, explained: m.use_routed_experts_explained },
  { kind: 'otherWeights', name: m.use_other_weights, explained: m.use_other_weights_explained },
  { kind: 'kv', name: m.use_kv, explained: m.use_kv_explained },
  { kind: 'compute', name: m.use_compute, explained: m.use_compute_explained },
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
