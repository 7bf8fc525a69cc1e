/**
 * Measures decode speed with the loaded model, the way answers are decoded: one token at a time,
 * handed to JavaScript. A small context of its own is used, so that no conversation is touched.
 */
import type { LlamaModel } from 'node-llama-cpp';
import { addonModelOf, addonOf, type NativeModule } from './addon.ts';
import { contextParameters } from './context-parameters.ts';
import type { OpenLlama } from './native-build.ts';
import { chooseThreads, threadCandidates, type ThreadChoice } from './thread-choice.ts';
import { threadUse } from './thread-use.ts';

/** Tokens that a measuring context can hold; a sample ends there at the latest. */
const contextSize = 256;

/** A sample is at least this many tokens, also when that takes longer than it should. */
const fewestTokens = 2;

/** Tries the numbers of threads that this machine could use; takes about `limitMs` at most. */
export async function measureThreads(
  opened: OpenLlama,
  model: LlamaModel,
  cores: number,
  limitMs: number,
): Promise<ThreadChoice> {
  const { native } = opened;
  const candidates = threadCandidates(cores);
  if (native === null) {
    const measure = (threads: number, budgetMs: number) => librarySpeed(model, threads, budgetMs);
    return chooseThreads(candidates, measure, limitMs);
  }
  const parameters = contextParameters(contextSize, 'f16');
  const addon = addonOf(opened.llama);
  const context = new addon.AddonContext(addonModelOf(model), { ...parameters, threads: 1 });
  await context.init();
  const decoder = new native.Decoder(context, 0);
  try {
    const start = startToken(model);
    const measure = (threads: number, budgetMs: number) => {
      decoder.useThreads(threadUse(threads, threads));
      return nativeSpeed(opened, model, decoder, start, budgetMs);
    };
    return await chooseThreads(candidates, measure, limitMs);
  } finally {
    decoder.dispose();
    await context.dispose();
  }
}

async function nativeSpeed(
  { llama }: OpenLlama,
  model: LlamaModel,
  decoder: InstanceType<NativeModule['Decoder']>,
  start: number,
  budgetMs: number,
): Promise<number> {
  const sampler = new (addonOf(llama).AddonSampler)(addonModelOf(model));
  // Hot enough that no early end of the answer cuts the sample short.
  sampler.applyConfig({ temperature: 5, topK: 100, topP: 1, minP: 0, seed: 1 });
  try {
    let [tokens, tookMs] = [0, 0];
    do {
      decoder.keep(0);
      await decoder.evaluate(Uint32Array.of(start), 'last', () => undefined);
      const begin = performance.now();
      const timer = setTimeout(() => decoder.stop(), Math.max(1, budgetMs - tookMs));
      const sample = await decoder.generate(sampler, contextSize - 8, () => undefined);
      clearTimeout(timer);
      tokens += sample.tokens;
      tookMs += performance.now() - begin;
    } while (tokens < fewestTokens || tookMs < budgetMs);
    return (tokens / tookMs) * 1000;
  } finally {
    sampler.dispose();
  }
}

async function librarySpeed(model: LlamaModel, threads: number, budgetMs: number): Promise<number> {
  const context = await model.createContext({ contextSize, threads, batchSize: 8 });
  try {
    const decoding = context.getSequence().evaluate([startToken(model)], { yieldEogToken: true });
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

function startToken(model: LlamaModel): LlamaModel['tokens']['bos'] & number {
  const token = model.tokens.bos ?? model.tokenize('a')[0];
  if (token === undefined) throw new Error('the vocabulary is empty');
  return token;
}
