import { describe, expect, it, vi } from 'vitest';
import type { GenerateRequest, GenerationEvent } from '../../../app/contract/engine.ts';
import type { Sampling } from '../../../app/contract/answers.ts';
import { needNativeBuild } from './native-abilities.ts';
import { asking, collect, never, starter, supervisedEngine } from './supervised-engine.ts';

const nothing = () => undefined;

/** The same question through our own loop and through the library's. */
async function bothWays(request: GenerateRequest) {
  const { engine: own } = supervisedEngine();
  const loaded = await own.load(starter(), nothing, never);
  const ours = await collect(own.generate(request, never));
  vi.stubEnv('MOEWE_NATIVE', 'off');
  const { engine: library } = supervisedEngine();
  const plain = await library.load(starter(), nothing, never);
  const theirs = await collect(library.generate(request, never));
  vi.unstubAllEnvs();
  return { loaded, plain, ours, theirs };
}

function recordsOf(events: readonly GenerationEvent[]) {
  return events.flatMap((event) => (event.type === 'routing' ? [event.record] : []));
}

describe('our own generation loop', () => {
  it('is used where it is built, and the library is without it', async (context) => {
    needNativeBuild(context);
    const { loaded, plain } = await bothWays(asking('What is a photon?', { maxTokens: 4 }));
    expect(loaded.nativeBuild).toEqual({ state: 'present' });
    expect(plain.nativeBuild).toEqual({ state: 'absent', reason: 'switchedOff' });
  });

  it.each([
    'What is a photon?',
    'What is the capital of France?',
    'Was ist ein Experte?',
    '7 + 5?',
  ])('answers %s as the library does, token for token', async (question, context) => {
    needNativeBuild(context as never);
    const { ours, theirs } = await bothWays(asking(question));
    expect(ours.text).toBe(theirs.text);
    expect(ours.finished?.stats.answerTokens).toBe(theirs.finished?.stats.answerTokens);
    expect(ours.finished?.stopReason).toBe(theirs.finished?.stopReason);
  });

  it.each<Sampling>([
    { temperature: 5, topK: 50, topP: 1, minP: 0, seed: 11 },
    { temperature: 2, topK: 0, topP: 0.9, minP: 0, seed: 12 },
    { temperature: 2, topK: 0, topP: 1, minP: 0.1, seed: 13 },
    { temperature: 0, repeatPenalty: 1.6, presencePenalty: 1, frequencyPenalty: 1 },
  ])('samples with %o as the library does', async (sampling, context) => {
    needNativeBuild(context as never);
    const request = asking('Tell me about light', { sampling, maxTokens: 60 });
    const { ours, theirs } = await bothWays(request);
    expect(ours.text.trim()).toBe(theirs.text.trim());
    expect(ours.text).not.toBe('');
  });

  it('follows a JSON schema', async (context) => {
    needNativeBuild(context);
    const { engine } = supervisedEngine();
    await engine.load(starter(), nothing, never);
    const jsonSchema = { type: 'object', properties: { known: { type: 'boolean' } } };
    const { text } = await collect(engine.generate(asking('Is water wet?', { jsonSchema }), never));
    expect(JSON.parse(text)).toEqual({ known: expect.any(Boolean) as boolean });
  });

  it('tells the experts of every evaluated token, prompt and answer', async (context) => {
    needNativeBuild(context);
    const { engine } = supervisedEngine();
    await engine.load(starter(), nothing, never);
    const request = asking('What is a photon?', { routing: 'all', maxTokens: 6 });
    const { all, finished } = await collect(engine.generate(request, never));
    const records = recordsOf(all);
    const tokens = records.flatMap((record) => record.tokens);
    const roles = (role: string) => tokens.filter((token) => token.role === role);
    expect(roles('prompt')).toHaveLength(finished?.stats.promptTokens ?? 0);
    // The last generated token is never evaluated.
    expect(roles('answer')).toHaveLength(5);
    expect(tokens[0]?.text).toBe('<|im_start|>');
    expect(records[0]).toMatchObject({ layers: [1, 2, 3, 4, 5], expertCount: 16, usedCount: 2 });
    const bytes = records.map(({ experts }) => Buffer.from(experts, 'base64').length);
    expect(bytes.reduce((sum, count) => sum + count, 0)).toBe(tokens.length * 5 * 2 * 2);
  });

  it('gives each layer weights that add up to one', async (context) => {
    needNativeBuild(context);
    const { engine } = supervisedEngine();
    await engine.load(starter(), nothing, never);
    const request = asking('What is a photon?', { routing: 'answer', maxTokens: 8 });
    const { all } = await collect(engine.generate(request, never));
    const weights = recordsOf(all).flatMap((record) => [...Buffer.from(record.weights, 'base64')]);
    const pairs = weights.flatMap((weight, index) =>
      index % 2 === 0 ? [weight + (weights[index + 1] ?? 0)] : [],
    );
    expect(pairs.length).toBeGreaterThan(0);
    expect(pairs.filter((sum) => Math.abs(sum - 255) > 1)).toEqual([]);
  });

  it('tells nothing of experts unless it is asked to', async (context) => {
    needNativeBuild(context);
    const { engine } = supervisedEngine();
    await engine.load(starter(), nothing, never);
    const { all } = await collect(engine.generate(asking('What is a photon?'), never));
    expect(recordsOf(all)).toEqual([]);
  });

  it('answers the same whether it records or not', async (context) => {
    needNativeBuild(context);
    const { engine } = supervisedEngine();
    await engine.load(starter(), nothing, never);
    const question = asking('What is a molecule?');
    const silent = await collect(engine.generate(question, never));
    const recorded = await collect(engine.generate({ ...question, routing: 'all' }, never));
    expect(recorded.text).toBe(silent.text);
  });

  it('counts, without allocating, what it takes later', async (context) => {
    needNativeBuild(context);
    const { engine } = supervisedEngine();
    const loaded = await engine.load(starter({ placement }), nothing, never);
    const estimate = await engine.estimate(starter().request.path, placement);
    expect(estimate.ram.weights).toBe(loaded.memory.ram.weights);
    expect(estimate.ram.kv).toBe(loaded.memory.ram.kv);
    expect(estimate.ram.compute).toBe(loaded.memory.ram.compute);
  });

  it('uses more experts when told to, and answers otherwise then', async (context) => {
    needNativeBuild(context);
    const { engine } = supervisedEngine();
    const loaded = await engine.load(
      starter({ placement: { ...placement, expertUsedCount: 1 } }),
      nothing,
      never,
    );
    const request = asking('What is a photon?', { routing: 'answer', maxTokens: 4 });
    const { all } = await collect(engine.generate(request, never));
    expect(loaded.placement.expertUsedCount).toBe(1);
    expect(recordsOf(all)[0]?.usedCount).toBe(1);
  });
});

const placement = {
  architecture: 'deepseek',
  gpuLayers: 0,
  expertLayersInMemory: [],
  expertMatrices: ['up' as const, 'gate' as const, 'down' as const],
  kvCacheType: 'f16' as const,
  contextSize: 512,
  mmap: true,
  expertUsedCount: null,
};
