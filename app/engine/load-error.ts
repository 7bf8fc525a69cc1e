/** Turns llama.cpp's refusal of a model into an error that a person can act on. */
import { availableMemory } from './available-memory.ts';
import { basename } from 'node:path';
import { InsufficientMemoryError } from 'node-llama-cpp';
import { MoeweError } from '../contract/errors.ts';

/** What was known when loading failed. */
export interface LoadFailure {
  readonly path: string;
  /** Bytes that the model was expected to need. */
  readonly neededBytes: number;
  /** llama.cpp's last words, oldest first. */
  readonly messages: readonly string[];
  /** True when the person stopped it. */
  readonly cancelled: boolean;
}

/** The typed error for whatever loading threw. */
export function loadError(thrown: unknown, failure: LoadFailure): unknown {
  if (thrown instanceof MoeweError) return thrown;
  const { path, neededBytes, messages, cancelled } = failure;
  const options = { cause: thrown };
  if (cancelled) return new MoeweError('cancelled', {}, options);
  const said = messages.join('\n');
  // llama.cpp src/llama-model-loader.cpp: "unknown model architecture: 'x'".
  const architecture = /unknown model architecture: '([^']*)'/.exec(said)?.[1];
  if (architecture !== undefined) {
    return new MoeweError('modelUnsupported', { path, architecture }, options);
  }
  const outOfMemory = /failed to allocate|unable to allocate|out of memory|std::bad_alloc/i;
  if (thrown instanceof InsufficientMemoryError || outOfMemory.test(said)) {
    const data = { name: basename(path), neededBytes, availableBytes: availableMemory() };
    return new MoeweError('modelOutOfMemory', data, options);
  }
  const detail = lastReason(messages) ?? (thrown instanceof Error ? thrown.message : 'unknown');
  return new MoeweError('modelNotLoadable', { path, detail }, options);
}

/** The last line that gives a reason, without the name of the function that said it. */
function lastReason(messages: readonly string[]): string | undefined {
  const reason = messages.findLast((message) => /error|fail|missing|wrong|invalid/i.test(message));
  return reason
    ?.trim()
    .replace(/^\w+: /, '')
    .replace(/^error loading model: /, '')
    .slice(0, 300);
}
