/**
 * Measures decode speed with the loaded model, the way answers are decoded: one token at a time,
 * each handed to JavaScript. A small context of its own is used, so that no conversation is touched.
 */
import { availableParallelism } from 'node:os';
import type { LlamaModel } from 'node-llama-cpp';
import { chooseThreads, threadCandidates, type ThreadChoice } from './thread-choice.ts';

/** Tokens that a measuring context can hold; a sample ends there at the latest. */
const contextSize = 256;

/** A sample is at least this many tokens, also when that takes longer than it should. */
const fewestTokens = 2;

/** Tries the numbers of threads that this machine could use; takes about `limitMs` at most. */
export function measureThreads(
  model: LlamaModel,
  mathCores: number,
  limitMs: number,
): Promise<ThreadChoice> {
  const cores = Math.max(1, Math.min(availableParallelism(), mathCores));
  const measure = (threads: number, budgetMs: number) => decodeSpeed(model, threads, budgetMs);
  return chooseThreads(threadCandidates(cores), measure, limitMs);
}

async function decodeSpeed(model: LlamaModel, threads: number, budgetMs: number): Promise<number> {
  const context = await model.createContext({ contextSize, threads, batchSize: 8 });
  try {
    const start = model.tokens.bos ?? model.tokenize('a')[0];
    if (start === undefined) return 0;
    const decoding = context.getSequence().evaluate([start], { yieldEogToken: true });
    await decoding.next();
    const begin = performance.now();
    let tokens = 0;
    for await (const token of decoding) {
      if (typeof token === 'number') tokens += 1;
      const enough = tokens >= fewestTokens && performance.now() - begin >= budgetMs;
      if (enough || tokens >= contextSize - 8) break;
    }
    return (tokens / (performance.now() - begin)) * 1000;
  } finally {
    await context.dispose();
  }
}
