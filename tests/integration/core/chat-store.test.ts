import { describe, expect, it, onTestFinished } from 'vitest';
import { ChatStore, type NewMessage } from '../../../app/core/chats/chat-store.ts';
import { Database } from '../../../app/core/database/database.ts';
import { temporaryHome } from './temporary-home.ts';

function openStore() {
  const database = Database.open(temporaryHome().database);
  onTestFinished(() => database[Symbol.dispose]());
  let now = 1000;
  return new ChatStore(database, () => (now += 1));
}

function said(chatId: string, parentId: string | null, text: string): NewMessage {
  return {
    chatId,
    parentId,
    role: 'user',
    text,
    reasoning: '',
    attachments: [],
    status: { state: 'finished', stopReason: 'endOfAnswer', stats: null },
    model: null,
  };
}

describe('the store of chats', () => {
  it('gives back a message as it was stored', () => {
    const store = openStore();
    const { id } = store.create('Title');
    const attachments = [{ name: 'n.txt', text: 'ä\n' }];
    const stored = store.append({ ...said(id, null, 'Über 🐦?'), attachments });
    expect(store.messages(id)).toEqual([stored]);
    expect(stored).toMatchObject({ text: 'Über 🐦?', attachments });
  });

  it('lists the chat that was written to last first', () => {
    const store = openStore();
    const first = store.create('First');
    const second = store.create('Second');
    store.append(said(first.id, null, 'again'));
    expect(store.list().map(({ id }) => id)).toEqual([first.id, second.id]);
  });

  it('keeps branches apart', () => {
    const store = openStore();
    const { id } = store.create('Branches');
    const root = store.append(said(id, null, 'root'));
    const left = store.append(said(id, root.id, 'left'));
    const right = store.append(said(id, root.id, 'right'));
    expect(store.branch(left.id).map(({ text }) => text)).toEqual(['root', 'left']);
    expect(store.branch(right.id).map(({ text }) => text)).toEqual(['root', 'right']);
    expect(store.get(id).leafId).toBe(right.id);
    expect(store.chooseLeaf(id, left.id).leafId).toBe(left.id);
  });

  it('does not show a message of another chat as the end of a branch', () => {
    const store = openStore();
    const one = store.create('One');
    const other = store.create('Other');
    const foreign = store.append(said(other.id, null, 'foreign'));
    expect(() => store.chooseLeaf(one.id, foreign.id)).toThrow(
      expect.objectContaining({ code: 'messageUnknown' }),
    );
  });

  it('removes a chat with all its messages, also from the search', () => {
    const store = openStore();
    const { id } = store.create('Gone');
    const root = store.append(said(id, null, 'Möwe'));
    store.append(said(id, root.id, 'child'));
    store.remove(id);
    expect(store.list()).toEqual([]);
    expect(store.search('Möwe')).toEqual([]);
    expect(() => store.get(id)).toThrow(expect.objectContaining({ code: 'chatUnknown' }));
  });

  it('finds words by their beginning, without regard to case and accents, and marks them', () => {
    const store = openStore();
    const { id } = store.create('Rent');
    store.append(said(id, null, 'Die Kündigungsfrist im Mietvertrag'));
    expect(store.search('kundigungs miet')).toMatchObject([
      { chat: { id }, excerpt: 'Die \u0002Kündigungsfrist\u0003 im \u0002Mietvertrag\u0003' },
    ]);
  });

  it('finds the newest text of an answer that was saved several times', () => {
    const store = openStore();
    const { id } = store.create('Growing');
    const answer = store.append(said(id, null, 'alpha'));
    store.save({ ...answer, text: 'alpha beta' });
    expect(store.search('beta')).toHaveLength(1);
    expect(store.search('alpha')).toHaveLength(1);
  });

  it('finds titles and takes wildcards for what they are', () => {
    const store = openStore();
    const { id } = store.create('100% sure');
    store.create('100 other');
    expect(store.search('100%').map(({ chat }) => chat.id)).toEqual([id]);
  });

  it('marks what an ended process left unfinished, and nothing else', () => {
    const store = openStore();
    const { id } = store.create('Crash');
    const done = store.append(said(id, null, 'done'));
    const half = store.append({ ...said(id, done.id, 'hal'), status: { state: 'streaming' } });
    const none = store.append({ ...said(id, done.id, ''), status: { state: 'waiting' } });
    expect(store.interruptUnfinished()).toBe(2);
    expect(store.message(half.id)).toMatchObject({ text: 'hal', status: { state: 'interrupted' } });
    expect(store.message(none.id).status).toEqual({ state: 'interrupted' });
    expect(store.message(done.id).status.state).toBe('finished');
  });

  it('does not bring back an answer whose chat was removed while it was written', () => {
    const store = openStore();
    const { id } = store.create('Removed');
    const answer = store.append(said(id, null, 'half'));
    store.remove(id);
    store.save({ ...answer, text: 'whole' });
    expect(store.messages(id)).toEqual([]);
  });
});
