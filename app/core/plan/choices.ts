/** Context, KV cache and threads that a plan tries, in the order of preference. Pure. */
import type { Hardware } from '../../contract/hardware.ts';
import type { Inspection } from '../../contract/inspection.ts';
import type { KvCacheType, PlanWishes } from '../../contract/plans.ts';
import type { Cache } from './memory-need.ts';

/** Enough for long conversations; more costs memory that experts need. */
const usualContextSize = 8192;

/** What a short memory leaves, at the least. */
const smallerContextSizes = [4096, 2048, 1024, 512];

/** Values of a block: a quantized cache needs rows of whole blocks. */
const blockValues = 32;

/** The usual first, then what takes less memory. `q4_0` costs quality and is never chosen. */
export function cachesToTry(inspection: Inspection, wishes: PlanWishes): Cache[] {
  const usual = Math.min(usualContextSize, longestContext(inspection));
  const contexts =
    wishes.contextSize === undefined
      ? [usual, ...smallerContextSizes.filter((size) => size < usual)]
      : [wishes.contextSize];
  const types =
    wishes.kvCacheType === undefined ? automaticTypes(inspection) : [wishes.kvCacheType];
  const smallest = types.at(-1) ?? 'f16';
  return contexts.flatMap((contextSize, index) =>
    (index === 0 ? types : [smallest]).map((kvCacheType) => ({ contextSize, kvCacheType })),
  );
}

/** Tokens that the model was trained to see; a large number where the file does not say. */
export function longestContext({ contextLength }: Inspection): number {
  return contextLength > 0 ? contextLength : 131_072;
}

/** Threads where nothing was measured: a second thread on the same core gains nothing. */
export function threadsOf({ processor }: Hardware): number {
  return Math.max(1, Math.min(processor.performanceCores, processor.logicalCores));
}

function automaticTypes(inspection: Inspection): KvCacheType[] {
  const whole = inspection.layers.every(
    ({ cache }) => cache.key % blockValues === 0 && cache.value % blockValues === 0,
  );
  return whole ? ['f16', 'q8_0'] : ['f16'];
}
