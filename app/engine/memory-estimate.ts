/**
 * Asks llama.cpp itself what a model would take with a placement, before its weights are read: it
 * builds model and context without allocating anything (`no_alloc`).
 */
import type { EnginePlacement } from '../contract/engine.ts';
import { MoeweError } from '../contract/errors.ts';
import type { MemoryReport } from '../contract/plans.ts';
import { addonOf, type AddonContext, type AddonModel } from './addon.ts';
import { contextParameters, countingModelParameters } from './context-parameters.ts';
import { openLlama } from './native-build.ts';
import { placementRules } from './placement-rules.ts';

/** Bytes that llama.cpp would allocate. Throws `notOffered` without the native build. */
export async function estimateMemory(
  path: string,
  placement: EnginePlacement,
): Promise<MemoryReport> {
  const messages: string[] = [];
  const { llama, native } = await openLlama((message) => messages.push(message));
  if (native === null) throw new MoeweError('notOffered', { ability: 'estimate' });
  const addon = addonOf(llama);
  native.setPlacement(placementRules(placement));
  const model: AddonModel = new addon.AddonModel(path, countingModelParameters(placement));
  let context: AddonContext | undefined;
  try {
    if (!(await model.init())) throw notLoadable(path, messages);
    const { contextSize, kvCacheType } = placement;
    context = new addon.AddonContext(model, contextParameters(contextSize, kvCacheType));
    if (!(await context.init())) throw notLoadable(path, messages);
    return native.memoryReport(context);
  } finally {
    await context?.dispose();
    await model.dispose();
  }
}

function notLoadable(path: string, messages: readonly string[]): MoeweError {
  return new MoeweError('modelNotLoadable', { path, detail: messages.at(-1)?.trim() ?? 'unknown' });
}
