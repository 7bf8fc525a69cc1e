import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ChatEvent } from '../../../app/contract/chats.ts';
import type { RoutingCounts } from '../../../app/contract/routing.ts';
import type { Assistant } from '../../../app/core/assistant.ts';
import { Database } from '../../../app/core/database/database.ts';
import { needNativeBuild } from '../engine/native-abilities.ts';
import { openTestAssistant } from './open-assistant.ts';
import { temporaryHome } from './temporary-home.ts';

type Client = Assistant['client'];

/** Asks and waits for the end of the answer; `strip` is what the chat told of its strip. */
async function ask(client: Client, text: string, chatId?: string) {
  const asked = await client.answers.ask({ text, chatId });
  const strip: Extract<ChatEvent, { type: 'strip' }>['tokens'] = [];
  for await (const event of client.chats.open({ id: asked.chatId })) {
    if (event.type === 'strip') strip.push(...event.tokens);
    const { messages } = await client.chats.show({ id: asked.chatId });
    if (messages.at(-1)?.status.state === 'finished') break;
  }
  const { messages } = await client.chats.show({ id: asked.chatId });
  return { ...asked, strip, answer: messages.at(-1) };
}

async function firstStrip(client: Client, chatId: string): Promise<void> {
  for await (const event of client.chats.open({ id: chatId })) if (event.type === 'strip') return;
}

/** What each layer's counts add up to. */
function sums(counts: RoutingCounts | null): number[] | undefined {
  return counts?.counts.map((layer) => layer.reduce((sum, count) => sum + count, 0));
}

describe('the experts of an answer', () => {
  it('are told while it is written and are there when it is finished', async (context) => {
    needNativeBuild(context);
    const { client } = openTestAssistant().assistant;
    const { answerId, answer, strip } = await ask(client, 'What is a router?');
    const found = await client.routing.strip({ answerId });
    expect(strip).toHaveLength(24);
    expect(found).toEqual({ state: 'recorded', tokens: strip });
    expect(strip.map(({ text }) => text).join('')).toBe(answer?.text);
    expect(new Set(strip.map(({ certainty }) => certainty)).size).toBeGreaterThan(5);
  });

  it('are kept with every expert and weight', async (context) => {
    needNativeBuild(context);
    const home = temporaryHome();
    const first = openTestAssistant({ home }).assistant;
    const { answerId } = await ask(first.client, 'What is a router?');
    await first.close();
    const { client } = openTestAssistant({ home }).assistant;
    const found = await client.routing.ofAnswer({ answerId });
    const record = found.state === 'recorded' ? found.record : undefined;
    expect(record).toMatchObject({ layers: [1, 2, 3, 4, 5], expertCount: 16, usedCount: 2 });
    expect(Buffer.from(record?.experts ?? '', 'base64')).toHaveLength(24 * 5 * 2 * 2);
    const weights = [...Buffer.from(record?.weights ?? '', 'base64')];
    const pairs = weights.filter((_, place) => place % 2 === 0).length;
    expect(pairs).toBe(24 * 5);
    expect(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - pairs * 255)).toBeLessThan(
      pairs,
    );
  });

  it('take few bytes on the disk', async (context) => {
    needNativeBuild(context);
    const { assistant, home } = openTestAssistant();
    await ask(assistant.client, 'What is a router?');
    using database = Database.open(home.database);
    const row = database.row('SELECT sum(length(data)) AS bytes FROM answer_routing_parts');
    expect(row).toEqual({ bytes: 24 * 5 * 3 });
  });

  it('are counted over the answer, its chat and all answers', async (context) => {
    needNativeBuild(context);
    const { client } = openTestAssistant().assistant;
    const { chatId, answerId } = await ask(client, 'What is a router?');
    const more = await ask(client, 'What is an expert?', chatId);
    const other = await ask(client, 'What is a photon?');
    const counts = (over: 'answer' | 'chat' | 'ever') => client.routing.counts({ answerId, over });
    const [answer, chat, ever] = [
      await counts('answer'),
      await counts('chat'),
      await counts('ever'),
    ];
    const tokens = [answer, chat, ever].map((sum) => sum?.tokens);
    const lengths = [24, more.strip.length, other.strip.length];
    expect(tokens).toEqual([24, 24 + (lengths[1] ?? 0), lengths.reduce((a, b) => a + b)]);
    expect(sums(answer)).toEqual([48, 48, 48, 48, 48]);
    expect(sums(ever)?.[0]).toBe((ever?.tokens ?? 0) * 2);
    await client.chats.remove({ id: other.chatId });
    expect(await counts('ever')).toEqual(ever);
  });

  it('go with their chat', async (context) => {
    needNativeBuild(context);
    const { assistant, home } = openTestAssistant();
    const { chatId, answerId } = await ask(assistant.client, 'What is a router?');
    await assistant.client.chats.remove({ id: chatId });
    using database = Database.open(home.database);
    expect(database.rows('SELECT * FROM answer_routing')).toEqual([]);
    expect(database.rows('SELECT * FROM answer_routing_parts')).toEqual([]);
    await expect(assistant.client.routing.strip({ answerId })).rejects.toMatchObject({
      code: 'messageUnknown',
    });
  });

  it('are kept as far as they were told when the engine dies', async (context) => {
    needNativeBuild(context);
    const { assistant, processes } = openTestAssistant();
    const { client } = assistant;
    const sampling = { temperature: 5, topK: 0, minP: 0, topP: 1 };
    const { chatId, answerId } = await client.answers.ask({ text: 'Tell me', sampling });
    await firstStrip(client, chatId);
    const during = await client.routing.strip({ answerId });
    processes.at(-1)?.kill();
    await client.answers.stop({ answerId });
    const after = await client.routing.ofAnswer({ answerId });
    const seen = during.state === 'recorded' ? during.tokens.length : 0;
    expect(seen).toBeGreaterThan(0);
    expect(after.state === 'recorded' ? after.record.tokens.length : 0).toBeGreaterThanOrEqual(
      seen,
    );
  });

  it('are not recorded when the person does not want it', async (context) => {
    needNativeBuild(context);
    const { client } = openTestAssistant().assistant;
    await client.settings.change({ recordRouting: false });
    const { answerId, strip } = await ask(client, 'What is a router?');
    await client.settings.change({ recordRouting: true });
    const absent = { state: 'absent', reason: 'switchedOff' };
    expect(strip).toEqual([]);
    expect(await client.routing.strip({ answerId })).toEqual(absent);
    expect(await client.routing.ofAnswer({ answerId })).toEqual(absent);
    expect(await client.routing.counts({ answerId, over: 'ever' })).toBeNull();
  });

  it('are not recorded without the native build', async () => {
    vi.stubEnv('MOEWE_NATIVE', 'off');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { client } = openTestAssistant().assistant;
    const { answerId } = await ask(client, 'What is a router?');
    const absent = { state: 'absent', reason: 'noNativeBuild' };
    expect(await client.routing.strip({ answerId })).toEqual(absent);
  });

  it('are unknown of an answer that was written before there was a record', async () => {
    const home = temporaryHome();
    const first = openTestAssistant({ home }).assistant;
    const { answerId } = await ask(first.client, 'What is a router?');
    await first.close();
    const database = Database.open(home.database);
    database.run('DELETE FROM answer_routing');
    database[Symbol.dispose]();
    const { client } = openTestAssistant({ home }).assistant;
    const absent = { state: 'absent', reason: 'notRecorded' };
    expect(await client.routing.ofAnswer({ answerId })).toEqual(absent);
  });
});
