import { describe, expect, it } from 'vitest';
import type { LoadProgress } from '../../../app/core/engine/engine.ts';
import { asking, collect, never, starter, supervisedEngine } from './supervised-engine.ts';

const nothing = () => undefined;

/** An answer of the starter model that goes on until it is stopped or full. */
/** Neither the library's loop nor our own comes to an end by itself with this seed. */
const endless = asking('Tell me', {
  sampling: { temperature: 5, topK: 0, minP: 0, topP: 1, seed: 1 },
});

describe('the engine', () => {
  it('loads the starter model and says how far it is', async () => {
    const { engine } = supervisedEngine();
    const progress: LoadProgress[] = [];
    const loaded = await engine.load(starter(), (step) => progress.push(step), never);
    expect(loaded).toMatchObject({ threads: 1, contextSize: 1024, threadSamples: [] });
    expect(loaded.residentBytes).toBeGreaterThan(17_000_000);
    expect(progress.at(-1)).toEqual({ step: 'reading', progress: 1 });
  });

  it('answers what the starter model was taught', async () => {
    const { engine } = supervisedEngine();
    await engine.load(starter(), nothing, never);
    const { text, finished, all } = await collect(
      engine.generate(asking('What is a router?'), never),
    );
    expect(text).toBe(
      'The router is a small layer that scores all experts for each token and sends the token to the best few of them.',
    );
    expect(all[0]).toEqual({ type: 'started', promptTokens: 16 });
    expect(finished).toMatchObject({
      stopReason: 'endOfAnswer',
      stats: { promptTokens: 16, evaluatedPromptTokens: 16, answerTokens: 24, threads: 1 },
    });
  });

  it('measures the number of threads once and says what it tried', async () => {
    const { engine } = supervisedEngine();
    const loaded = await engine.load(starter({ threads: 'measure' }), nothing, never);
    const tried = loaded.threadSamples.map(({ threads }) => threads);
    const chosen = loaded.threadSamples.find(({ threads }) => threads === loaded.threads);
    const single = loaded.threadSamples.find(({ threads }) => threads === 1);
    expect(tried).toContain(1);
    expect(chosen?.tokensPerSecond).toBeGreaterThanOrEqual(single?.tokensPerSecond ?? 0);
    expect(loaded.threadChoiceMs).toBeGreaterThan(0);
  });

  it('evaluates only what is new in the second question of a conversation', async () => {
    const { engine } = supervisedEngine();
    await engine.load(starter(), nothing, never);
    const first = asking('What is a router?');
    const { text } = await collect(engine.generate(first, never));
    const second = {
      ...first,
      messages: [
        ...first.messages,
        { role: 'assistant' as const, text },
        { role: 'user' as const, text: 'What is an expert?' },
      ],
    };
    const { finished } = await collect(engine.generate(second, never));
    // The end of the last answer, the new question and the beginning of the new answer.
    expect(finished).toMatchObject({ stats: { promptTokens: 57 } });
    expect(finished?.stats.evaluatedPromptTokens).toBeLessThanOrEqual(18);
  });

  it('stops in mid-answer and keeps what it said', async () => {
    const { engine } = supervisedEngine();
    await engine.load(starter(), nothing, never);
    const stop = new AbortController();
    const seen: string[] = [];
    let finished;
    for await (const event of engine.generate(endless, stop.signal)) {
      if (event.type === 'delta') {
        seen.push(event.text);
        stop.abort();
      }
      if (event.type === 'finished') finished = event;
    }
    expect(seen.join('')).not.toBe('');
    expect(finished).toMatchObject({ stopReason: 'stopped' });
    expect(finished?.stats.answerTokens).toBeLessThan(900);
  });

  it('stops while a long prompt is evaluated', async () => {
    const { engine } = supervisedEngine();
    await engine.load(starter(), nothing, never);
    const stop = new AbortController();
    const long = asking('What is a router? '.repeat(120));
    const types: string[] = [];
    let finished;
    for await (const event of engine.generate(long, stop.signal)) {
      types.push(event.type);
      if (event.type === 'promptProgress') stop.abort();
      if (event.type === 'finished') finished = event;
    }
    expect(finished).toMatchObject({ stopReason: 'stopped' });
    expect(types).not.toContain('delta');
    expect(finished?.stats.evaluatedPromptTokens).toBeLessThan(finished?.stats.promptTokens ?? 0);
  });

  it('ends at the limit of tokens that was asked for', async () => {
    const { engine } = supervisedEngine();
    await engine.load(starter(), nothing, never);
    const { finished } = await collect(engine.generate({ ...endless, maxTokens: 5 }, never));
    expect(finished).toMatchObject({ stopReason: 'tokenLimit', stats: { answerTokens: 5 } });
  });

  it('ends when the context is full instead of forgetting the beginning', async () => {
    const { engine } = supervisedEngine();
    await engine.load(starter({ contextSize: 256 }), nothing, never);
    const { finished } = await collect(engine.generate(endless, never));
    expect(finished).toMatchObject({ stopReason: 'contextFull' });
    expect(finished?.stats.answerTokens).toBeGreaterThan(200);
  });

  it('refuses a question that is longer than the context, with the real numbers', async () => {
    const { engine } = supervisedEngine();
    await engine.load(starter(), nothing, never);
    const tooLong = collect(engine.generate(asking('word '.repeat(2000)), never));
    await expect(tooLong).rejects.toMatchObject({
      code: 'questionTooLong',
      data: { contextSize: 1024 },
    });
    const { text } = await collect(engine.generate(asking('What is a router?'), never));
    expect(text).toContain('router');
  });

  it('gives the same answer for the same seed', async () => {
    const { engine } = supervisedEngine();
    await engine.load(starter(), nothing, never);
    const sampling = { temperature: 1.5, seed: 7 };
    const seeded = asking('What is a router?', { sampling, maxTokens: 30 });
    const one = await collect(engine.generate(seeded, never));
    const two = await collect(engine.generate(seeded, never));
    expect(two.text).toBe(one.text);
  });

  it('ends its process when a model is unloaded, so that all its memory is given back', async () => {
    const { engine, processes } = supervisedEngine();
    await engine.load(starter(), nothing, never);
    await engine.unload();
    expect(await engine.residentBytes()).toBeNull();
    await engine.load(starter(), nothing, never);
    expect(processes).toHaveLength(2);
    expect(await engine.residentBytes()).toBeGreaterThan(17_000_000);
  });

  it('keeps a loaded model for the next question', async () => {
    const { engine, processes } = supervisedEngine();
    const first = await engine.load(starter(), nothing, never);
    const second = await engine.load(starter(), nothing, never);
    expect(second).toBe(first);
    expect(processes).toHaveLength(1);
  });
});
