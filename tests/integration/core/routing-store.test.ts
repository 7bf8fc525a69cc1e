import { describe, expect, it, onTestFinished } from 'vitest';
import type { AnsweringModel } from '../../../app/contract/models.ts';
import { ChatStore } from '../../../app/core/chats/chat-store.ts';
import { Database } from '../../../app/core/database/database.ts';
import type { ExpertChoices } from '../../../app/core/routing/expert-choices.ts';
import { RoutingStore } from '../../../app/core/routing/routing-store.ts';
import { temporaryHome } from './temporary-home.ts';

const model: AnsweringModel = {
  id: 'm',
  name: 'M',
  architecture: 'deepseek',
  parameters: { total: 2, active: 1 },
  experts: { count: 4, used: 2, shared: 0 },
};
const shape = { layers: [1], expertCount: 4, usedCount: 2 };

function choices(text: string, experts: number[]): ExpertChoices {
  const weights = Uint8Array.from([200, 55]);
  return { shape, texts: [text], experts: Uint16Array.from(experts), weights };
}

/** A store with one stored message, and another connection to the same file. */
function openStore() {
  const { database: path } = temporaryHome();
  const open = () => {
    const database = Database.open(path);
    onTestFinished(() => database[Symbol.dispose]());
    return database;
  };
  const database = open();
  const chats = new ChatStore(database);
  const chat = chats.create('Title');
  const { id } = chats.append({
    chatId: chat.id,
    parentId: null,
    role: 'assistant',
    text: '',
    reasoning: '',
    attachments: [],
    status: { state: 'streaming' },
    model,
  });
  const removeMessage = () => chats.remove(chat.id);
  return {
    store: new RoutingStore(database),
    again: () => new RoutingStore(open()),
    id,
    removeMessage,
  };
}

describe('the store of records', () => {
  it('has what was appended although nobody closed it', () => {
    const { store, again, id } = openStore();
    store.append(id, model, choices('Be', [0, 1]));
    store.append(id, model, choices('cause', [3, 1]));
    expect(again().get(id)).toEqual({
      state: 'recorded',
      choices: {
        shape,
        texts: ['Be', 'cause'],
        experts: Uint16Array.from([0, 1, 3, 1]),
        weights: Uint8Array.from([200, 55, 200, 55]),
      },
    });
  });

  it('counts for a model what is appended', () => {
    const { store, again, id } = openStore();
    store.append(id, model, choices('Be', [0, 1]));
    store.append(id, model, choices('cause', [3, 1]));
    const counts = Float64Array.from([1, 2, 0, 1]);
    expect(again().ever(model, shape)).toEqual({ shape, tokens: 2, counts });
    expect(again().ever(model, null)).toEqual({ shape, tokens: 2, counts });
  });

  it('keeps models apart, also those that share an id, and numbers of used experts', () => {
    const { store, id } = openStore();
    store.append(id, model, choices('Be', [0, 1]));
    const other = { ...model, parameters: { total: 3, active: 1 } };
    expect(store.ever(other, null)).toBeNull();
    expect(store.ever(model, { ...shape, usedCount: 1 })).toBeNull();
  });

  it('stores and counts nothing of a message that is gone', () => {
    const { store, id, removeMessage } = openStore();
    removeMessage();
    store.append(id, model, choices('Be', [0, 1]));
    store.saveAbsence(id, 'switchedOff');
    expect(store.get(id)).toBeNull();
    expect(store.ever(model, null)).toBeNull();
  });

  it('remembers why there is no record', () => {
    const { store, again, id } = openStore();
    store.saveAbsence(id, 'noNativeBuild');
    expect(again().get(id)).toEqual({ state: 'absent', reason: 'noNativeBuild' });
  });
});
