import { describe, expect, it, onTestFinished } from 'vitest';
import type { Message } from '../../../app/contract/answers.ts';
import type { RoutingRecord } from '../../../app/contract/routing.ts';
import { ChatStore } from '../../../app/core/chats/chat-store.ts';
import { Chats } from '../../../app/core/chats/chats.ts';
import { Database } from '../../../app/core/database/database.ts';
import { Routing } from '../../../app/core/routing/routing.ts';
import { RoutingStore } from '../../../app/core/routing/routing-store.ts';
import { needNativeBuild } from '../engine/native-abilities.ts';
import { openTestAssistant } from './open-assistant.ts';
import { temporaryHome } from './temporary-home.ts';

const model = {
  id: 'moe',
  name: 'MoE',
  architecture: 'deepseek',
  parameters: { total: 1, active: 1 },
  experts: { count: 8, used: 2, shared: 0 },
};
const present = { state: 'present' } as const;

function record(texts: string[], ids: number[]): RoutingRecord {
  return {
    layers: [1, 2],
    expertCount: 8,
    usedCount: 2,
    tokens: texts.map((text) => ({ text, role: 'answer' })),
    experts: Buffer.from(Uint16Array.from(ids).buffer).toString('base64'),
    weights: Buffer.from(ids.map((_, place) => (place % 2 === 0 ? 200 : 55))).toString('base64'),
  };
}

function open(path: string) {
  const database = Database.open(path);
  onTestFinished(() => database[Symbol.dispose]());
  const store = new ChatStore(database);
  const routingStore = new RoutingStore(database);
  const routing: Routing = new Routing(routingStore, (id) => chats.message(id));
  const chats = new Chats(store, {
    saveWith: (id) => routing.save(id),
    onEnded: (id) => routing.end(id),
  });
  /** A stored answer that can be written. */
  const answer = (chatId: string): Message => {
    const stored = store.append({
      chatId,
      parentId: null,
      role: 'assistant',
      text: '',
      reasoning: '',
      attachments: [],
      status: { state: 'waiting' },
      model,
    });
    chats.write(stored);
    return stored;
  };
  return { database, store, chats, routing, routingStore, answer };
}

describe('routing kept with an answer', () => {
  it('is told while it is written, before anything is saved', () => {
    const { store, routing, answer } = open(temporaryHome().database);
    const { id } = answer(store.create('Live').id);
    routing.begin(id, { model, nativeBuild: present, wanted: true });
    expect(routing.strip(id)).toEqual({ state: 'recorded', tokens: [] });
    expect(routing.add(id, record(['Be'], [1, 2, 3, 4]))).toMatchObject({ from: 0 });
    expect(routing.add(id, record(['cause'], [1, 5, 3, 6]))).toMatchObject({
      from: 1,
      tokens: [{ text: 'cause', rare: false }],
    });
    expect(routing.strip(id)).toMatchObject({ tokens: [{ text: 'Be' }, { text: 'cause' }] });
  });

  it('survives a crash up to what was saved', () => {
    const { database: path } = temporaryHome();
    const { store, routing, answer } = open(path);
    const { id } = answer(store.create('Crash').id);
    routing.begin(id, { model, nativeBuild: present, wanted: true });
    routing.add(id, record(['Be'], [1, 2, 3, 4]));
    routing.save(id);
    routing.add(id, record(['cause'], [1, 5, 3, 6]));
    routing.save(id);
    routing.add(id, record([' lost'], [0, 0, 0, 0]));
    const later = open(path).routing;
    const routed = later.ofAnswer(id);
    expect(routed).toEqual({
      state: 'recorded',
      record: record(['Be', 'cause'], [1, 2, 3, 4, 1, 5, 3, 6]),
    });
  });

  it('is added up over the answer, its chat, and ever', () => {
    const { store, routing, answer } = open(temporaryHome().database);
    const chat = store.create('One').id;
    const answers = [chat, chat, store.create('Other').id].map((chatId) => answer(chatId).id);
    for (const id of answers) {
      routing.begin(id, { model, nativeBuild: present, wanted: true });
      routing.add(id, record(['x'], [7, 2, 3, 4]));
      routing.save(id);
      routing.end(id);
    }
    const [first = ''] = answers;
    const tokens = (over: 'answer' | 'chat' | 'ever') => routing.counts(first, over)?.tokens;
    expect([tokens('answer'), tokens('chat'), tokens('ever')]).toEqual([1, 2, 3]);
    expect(routing.counts(first, 'ever')?.counts[0]).toEqual([0, 0, 3, 0, 0, 0, 0, 3]);
  });

  it('goes with its message, but what was counted ever stays', () => {
    const { database, store, routing, answer } = open(temporaryHome().database);
    const chat = store.create('Gone').id;
    const { id } = answer(chat);
    routing.begin(id, { model, nativeBuild: present, wanted: true });
    routing.add(id, record(['x'], [7, 2, 3, 4]));
    routing.save(id);
    store.remove(chat);
    routing.add(id, record(['y'], [7, 2, 3, 4]));
    routing.save(id);
    expect(database.rows('SELECT * FROM answer_routing')).toEqual([]);
    expect(database.row('SELECT tokens FROM expert_counts')).toEqual({ tokens: 2 });
  });

  it.each([
    ['dense', { model: { ...model, experts: { count: 0, used: 0, shared: 0 } } }],
    ['switchedOff', { wanted: false }],
    ['noNativeBuild', { nativeBuild: { state: 'absent', reason: 'notBuilt' } as const }],
    ['notRecorded', {}],
  ])('is absent with its reason: %s', (reason, start) => {
    const { store, routing, routingStore, answer } = open(temporaryHome().database);
    const stored = answer(store.create('Absent').id);
    const given = { model, nativeBuild: present, wanted: true, ...start };
    store.save({ ...stored, model: given.model });
    routing.begin(stored.id, given);
    routing.save(stored.id);
    routing.end(stored.id);
    const read = new Routing(routingStore, (id) => store.message(id));
    expect(read.strip(stored.id)).toEqual({ state: 'absent', reason });
    expect(read.ofAnswer(stored.id)).toEqual({ state: 'absent', reason });
    expect(read.counts(stored.id, 'answer')).toBeNull();
  });

  it('starts counting anew for another file under the same name', () => {
    const { store, routing, answer } = open(temporaryHome().database);
    const chat = store.create('Other file').id;
    const [first, second] = [answer(chat).id, answer(chat).id];
    routing.begin(first, { model, nativeBuild: present, wanted: true });
    routing.add(first, record(['x'], [7, 2, 3, 4]));
    routing.save(first);
    routing.begin(second, { model, nativeBuild: present, wanted: true });
    routing.add(second, { ...record(['x'], [7, 2, 3, 4]), expertCount: 16 });
    routing.save(second);
    expect(routing.counts(second, 'ever')).toMatchObject({ tokens: 1, expertCount: 16 });
  });
});

describe('routing of a real answer', () => {
  it('is told bar by bar while the answer is written, and kept', async (context) => {
    needNativeBuild(context);
    const { assistant } = openTestAssistant();
    const { client } = assistant;
    const { chatId, answerId } = await client.answers.ask({ text: 'What is a photon?' });
    const told: string[] = [];
    for await (const event of client.chats.open({ id: chatId })) {
      if (event.type === 'strip') told.push(...event.tokens.map(({ text }) => text));
      if (event.type === 'status' && event.status.state === 'finished') break;
    }
    const strip = await client.routing.strip({ answerId });
    const routed = await client.routing.ofAnswer({ answerId });
    const { messages } = await client.chats.show({ id: chatId });
    expect(strip.state === 'recorded' && strip.tokens.map(({ text }) => text)).toEqual(told);
    expect(messages.at(-1)?.text.startsWith(told.join('').trim().slice(0, 40))).toBe(true);
    expect(routed).toMatchObject({ record: { layers: [1, 2, 3, 4, 5], usedCount: 2 } });
  });

  it('is not recorded when the person does not want it', async (context) => {
    needNativeBuild(context);
    const { client } = openTestAssistant().assistant;
    await client.settings.change({ recordRouting: false });
    const { chatId, answerId } = await client.answers.ask({ text: 'What is a photon?' });
    for await (const event of client.chats.open({ id: chatId })) {
      if (event.type === 'status' && event.status.state === 'finished') break;
    }
    expect(await client.routing.strip({ answerId })).toEqual({
      state: 'absent',
      reason: 'switchedOff',
    });
  });
});
