import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { GenerateRequest } from '../../../app/contract/engine.ts';
import { temporaryHome } from '../core/temporary-home.ts';
import { asking, collect, never, starter, supervisedEngine } from './supervised-engine.ts';

const nothing = () => undefined;
const long = 'the router scores all experts and the best of them answer, '.repeat(8);

function inChat(conversationId: string, text: string): GenerateRequest {
  return { ...asking(text), conversationId };
}

/** The next question of a conversation. */
function then(request: GenerateRequest, answer: string, text: string): GenerateRequest {
  const more = [
    { role: 'assistant' as const, text: answer },
    { role: 'user' as const, text },
  ];
  return { ...request, messages: [...request.messages, ...more] };
}

function engineWithFolder() {
  const folder = join(temporaryHome().cache, 'conversations');
  const { engine } = supervisedEngine();
  return {
    engine,
    folder,
    load: () => engine.load(starter({ stateFolder: folder }), nothing, never),
  };
}

describe.each(['on', 'off'])('two chats that take turns, native build %s', (native) => {
  it('are both continued, not read anew', async () => {
    vi.stubEnv('MOEWE_NATIVE', native);
    const { engine, load } = engineWithFolder();
    await load();
    const one = inChat('one', `${long} What is a router?`);
    const two = inChat('two', `Mind: ${long} What is an expert?`);
    const answerOne = await collect(engine.generate(one, never));
    const answerTwo = await collect(engine.generate(two, never));
    const again = then(one, answerOne.text, 'What is a token?');
    const back = await collect(engine.generate(again, never));
    const other = await collect(
      engine.generate(then(two, answerTwo.text, 'What is a token?'), never),
    );
    vi.unstubAllEnvs();
    expect(back.finished?.stats.promptTokens).toBeGreaterThan(120);
    expect(back.finished?.stats.evaluatedPromptTokens).toBeLessThan(40);
    expect(other.finished?.stats.evaluatedPromptTokens).toBeLessThan(40);
  });
});

describe('the kept state of a chat', () => {
  it('gives the same answer as reading it anew', async () => {
    const { engine, load } = engineWithFolder();
    await load();
    const one = inChat('one', `${long} What is a router?`);
    const first = await collect(engine.generate(one, never));
    await collect(engine.generate(inChat('two', `Hello. ${long}`), never));
    const next = then(one, first.text, 'What is an expert?');
    const continued = await collect(engine.generate(next, never));
    const anew = await collect(engine.generate({ ...next, conversationId: null }, never));
    expect(continued.text).toBe(anew.text);
  });

  it('that is damaged is thrown away and the chat read anew', async () => {
    const { engine, folder, load } = engineWithFolder();
    await load();
    const one = inChat('one', `${long} What is a router?`);
    const first = await collect(engine.generate(one, never));
    await collect(engine.generate(inChat('two', 'Hello'), never));
    const [name = ''] = readdirSync(folder);
    writeFileSync(join(folder, name), 'not a state');
    const next = then(one, first.text, 'What is an expert?');
    const { text, finished } = await collect(engine.generate(next, never));
    expect(text).not.toBe('');
    expect(finished?.stats.evaluatedPromptTokens).toBeGreaterThan(100);
    expect(existsSync(join(folder, name))).toBe(false);
  });

  it('goes with the chat and is not written again', async () => {
    const { engine, folder, load } = engineWithFolder();
    await load();
    await collect(engine.generate(inChat('one', `${long} What is a router?`), never));
    await engine.forget('one');
    await collect(engine.generate(inChat('two', 'Hello'), never));
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
  });
});
