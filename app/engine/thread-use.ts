/** How a context of the native build uses the processor. */
import { availableParallelism } from 'node:os';
import type { Llama } from 'node-llama-cpp';
import type { ThreadUse } from './addon.ts';

/**
 * Waiting threads spin this long (of 100) before they sleep: llama.cpp's own measure. Less makes each
 * of the many short waits in a token slower, more takes time from everything else on the machine.
 */
const poll = 50;

/** Cores that are worth a thread: no second thread of the same core where the system tells. */
export function processorCores(llama: Llama): number {
  return Math.max(1, Math.min(availableParallelism(), llama.cpuMathCores));
}

/** `threads` decode; prompts, which keep every core busy with arithmetic, are read by all cores. */
export function threadUse(threads: number, cores: number): ThreadUse {
  return { threads, batchThreads: Math.max(threads, cores), poll, priority: 0, freeCores: 0 };
}
