import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Message, Question } from '../../../app/contract/answers.ts';
import type { ChatEvent } from '../../../app/contract/chats.ts';
import type { ModelsSnapshot } from '../../../app/contract/models.ts';
import type { Assistant } from '../../../app/core/assistant.ts';
import { starterModelPath } from '../engine/supervised-engine.ts';
import { openTestAssistant } from './open-assistant.ts';
import { temporaryHome } from './temporary-home.ts';

/** An answer that goes on until it is stopped or the context is full. */
const endless: Partial<Question> = { sampling: { temperature: 5, topK: 0, minP: 0, topP: 1 } };

type Client = Assistant['client'];

/** Follows a chat until its answer has ended and returns the answer. */
async function answered(client: Client, chatId: string, answerId: string): Promise<Message> {
  for await (const event of client.chats.open({ id: chatId })) {
    const { messages } = await client.chats.show({ id: chatId });
    const answer = messages.find(({ id }) => id === answerId);
    const over = answer && !['waiting', 'evaluating', 'streaming'].includes(answer.status.state);
    if (over && event.type !== 'delta') return answer;
  }
  throw new Error('the chat ended before its answer');
}

/** Follows a chat until the first text of an answer has come. */
async function firstText(client: Client, chatId: string): Promise<void> {
  for await (const event of client.chats.open({ id: chatId })) {
    if (event.type === 'delta') return;
    if (event.type === 'opened' && event.messages.some(isSpeaking)) return;
  }
}

function isSpeaking({ role, text }: Message): boolean {
  return role === 'assistant' && text !== '';
}

/** Follows a chat until its text could not be saved. */
async function firstUnsaved(client: Client, chatId: string): Promise<void> {
  for await (const event of client.chats.open({ id: chatId })) {
    if (event.type === 'unsaved') return;
  }
}

async function firstSnapshot(client: Client, wanted: (snapshot: ModelsSnapshot) => boolean) {
  for await (const snapshot of client.models.watch()) if (wanted(snapshot)) return snapshot;
  throw new Error('the models ended');
}

describe('asking', () => {
  it('keeps question and answer, with what the answer cost', async () => {
    const { client } = openTestAssistant().assistant;
    const { chatId, answerId } = await client.answers.ask({ text: 'What is a router?' });
    const answer = await answered(client, chatId, answerId);
    expect(answer.text).toContain('scores all experts');
    expect(answer.model).toMatchObject({
      id: 'starter',
      architecture: 'deepseek',
      parameters: { total: 15_834_368, active: 5_512_448 },
      experts: { count: 16, used: 2, shared: 1 },
    });
    expect(answer.status).toMatchObject({
      state: 'finished',
      stopReason: 'endOfAnswer',
      stats: {
        answerTokens: 24,
        threads: 1,
        backend: expect.stringMatching(/^(cpu|vulkan|cuda|metal)$/) as string,
      },
    });
    expect((await client.chats.list())[0]?.title).toBe('What is a router?');
  });

  it('evaluates only what is new in the second question of a chat', async () => {
    const { client } = openTestAssistant().assistant;
    const first = await client.answers.ask({ text: 'What is a router?' });
    await answered(client, first.chatId, first.answerId);
    const { chatId } = first;
    const second = await client.answers.ask({ chatId, text: 'What is an expert?' });
    const answer = await answered(client, chatId, second.answerId);
    expect(answer.status).toMatchObject({ stats: { promptTokens: 57, loadMs: 0 } });
    expect(evaluated(answer)).toBeLessThanOrEqual(18);
  });

  it('streams to whoever opens the chat, also in the middle', async () => {
    const { client } = openTestAssistant().assistant;
    const { chatId, answerId } = await client.answers.ask({ text: 'Tell me', ...endless });
    await firstText(client, chatId);
    const late = await collectUntilDone(client, chatId);
    await answered(client, chatId, answerId);
    const kept = (await client.chats.show({ id: chatId })).messages.at(-1);
    expect(late).toBe(kept?.text);
  });

  it('stops an answer and keeps what it said', async () => {
    const { client } = openTestAssistant().assistant;
    const { chatId, answerId } = await client.answers.ask({ text: 'Tell me', ...endless });
    await firstText(client, chatId);
    await client.answers.stop({ answerId });
    const answer = (await client.chats.show({ id: chatId })).messages.at(-1);
    expect(answer?.status).toMatchObject({ state: 'finished', stopReason: 'stopped' });
    expect(answer?.text).not.toBe('');
  });

  it('stops an answer that still waits for its model', async () => {
    const { client } = openTestAssistant().assistant;
    const { chatId, answerId } = await client.answers.ask({ text: 'Hello' });
    await client.answers.stop({ answerId });
    const answer = (await client.chats.show({ id: chatId })).messages.at(-1);
    expect(answer?.status).toEqual({ state: 'finished', stopReason: 'stopped', stats: null });
  });

  it('answers two chats one after the other', async () => {
    const { client } = openTestAssistant().assistant;
    const one = await client.answers.ask({ text: 'What is a router?' });
    const two = await client.answers.ask({ text: 'What is an expert?' });
    const answers = await Promise.all([
      answered(client, one.chatId, one.answerId),
      answered(client, two.chatId, two.answerId),
    ]);
    expect(answers.map(({ text }) => text)).toEqual([
      expect.stringContaining('scores all experts'),
      expect.stringContaining('feed-forward network'),
    ]);
  });

  it('refuses a second question while the chat is being answered', async () => {
    const { client } = openTestAssistant().assistant;
    const { chatId } = await client.answers.ask({ text: 'Tell me', ...endless });
    await expect(client.answers.ask({ chatId, text: 'And?' })).rejects.toMatchObject({
      code: 'answerInProgress',
    });
  });

  it('answers again on a branch of its own', async () => {
    const { client } = openTestAssistant().assistant;
    const first = await client.answers.ask({ text: 'What is a router?' });
    await answered(client, first.chatId, first.answerId);
    const again = await client.answers.retry({ answerId: first.answerId });
    await answered(client, first.chatId, again.answerId);
    const { chat, messages } = await client.chats.show({ id: first.chatId });
    expect(messages).toHaveLength(3);
    expect(again.questionId).toBe(first.questionId);
    expect(chat.leafId).toBe(again.answerId);
  });

  it('reads attachments as part of the question', async () => {
    const { client } = openTestAssistant().assistant;
    const attachments = [{ name: 'notes.txt', text: 'A few notes.' }];
    const asked = await client.answers.ask({ text: 'What is a router?', attachments });
    const answer = await answered(client, asked.chatId, asked.answerId);
    const stats = answer.status.state === 'finished' ? answer.status.stats : null;
    expect(stats?.promptTokens).toBeGreaterThan(25);
  });

  it.each([
    [{ text: '  ' }, 'questionEmpty'],
    [{ text: 'a', attachments: [{ name: 'x.bin', text: 'a\u0000b' }] }, 'attachmentNotText'],
    [
      { text: 'a', attachments: [{ name: 'x.txt', text: 'ä'.repeat(2_200_000) }] },
      'attachmentTooLarge',
    ],
    [{ text: 'a', chatId: 'none' }, 'chatUnknown'],
    [{ text: 'a', modelId: 'none' }, 'modelUnknown'],
    [{ text: 'a', modelId: '/none/m.gguf' }, 'modelFileMissing'],
  ] satisfies [Question, string][])('refuses %j and stores nothing', async (question, code) => {
    const { client } = openTestAssistant().assistant;
    await expect(client.answers.ask(question)).rejects.toMatchObject({ code });
    expect(await client.chats.list()).toEqual([]);
  });

  it('says in the chat that a question is longer than the context', async () => {
    const { client } = openTestAssistant().assistant;
    const { chatId, answerId } = await client.answers.ask({ text: 'word '.repeat(2000) });
    const answer = await answered(client, chatId, answerId);
    expect(answer.status).toMatchObject({ state: 'failed', error: { code: 'questionTooLong' } });
  });

  it('keeps what was said when the engine dies, and answers the next question', async () => {
    const { assistant, processes } = openTestAssistant();
    const { client } = assistant;
    const { chatId, answerId } = await client.answers.ask({ text: 'Tell me', ...endless });
    await firstText(client, chatId);
    processes.at(-1)?.kill();
    const answer = await answered(client, chatId, answerId);
    expect(answer.status).toMatchObject({ state: 'failed', error: { code: 'engineDied' } });
    expect(answer.text).not.toBe('');
    const next = await client.answers.ask({ text: 'What is a router?' });
    expect((await answered(client, next.chatId, next.answerId)).text).toContain('router');
  });
});

describe('a home that is opened again', () => {
  it('has what was generated when Moewe was closed in mid-answer', async () => {
    const home = temporaryHome();
    const first = openTestAssistant({ home }).assistant;
    const { chatId } = await first.client.answers.ask({ text: 'Tell me', ...endless });
    await firstText(first.client, chatId);
    await first.close();
    const { client } = openTestAssistant({ home }).assistant;
    const answer = (await client.chats.show({ id: chatId })).messages.at(-1);
    expect(answer?.status).toEqual({ state: 'interrupted' });
    expect(answer?.text).not.toBe('');
  });

  it('remembers the number of threads that was measured', async () => {
    const home = temporaryHome();
    const first = openTestAssistant({ home, threads: undefined }).assistant;
    const measured = await first.client.models.choose({ id: 'starter' });
    await first.close();
    const { client } = openTestAssistant({ home, threads: undefined }).assistant;
    const remembered = await client.models.choose({ id: 'starter' });
    expect(measured.threadSamples).not.toEqual([]);
    expect(remembered).toMatchObject({
      threads: measured.threads,
      threadSamples: [],
      threadChoiceMs: 0,
    });
  });

  it('that holds no database says so, and can start with an empty one', async () => {
    const home = temporaryHome();
    writeFileSync(home.database, 'not a database');
    const { client } = openTestAssistant({ home }).assistant;
    await expect(client.chats.list()).rejects.toMatchObject({ code: 'databaseDamaged' });
    const states = client.app.watch();
    expect((await states.next()).value).toMatchObject({
      state: 'blocked',
      error: { code: 'databaseDamaged' },
    });
    const { keptAs } = await client.app.setDatabaseAside();
    expect(existsSync(keptAs)).toBe(true);
    expect((await states.next()).value).toEqual({ state: 'open' });
    expect(await client.chats.list()).toEqual([]);
  });

  it('does not let a good database be set aside', async () => {
    const { client } = openTestAssistant().assistant;
    await expect(client.app.setDatabaseAside()).rejects.toMatchObject({ code: 'notOffered' });
  });
});

describe('a disk that is full', () => {
  it('keeps the answer in memory, says so, and does not hinder the end', async () => {
    const { assistant, home } = openTestAssistant();
    const { client } = assistant;
    const { chatId } = await client.answers.ask({ text: 'Tell me', ...endless });
    await firstText(client, chatId);
    // Another writer that never ends has the same effect as a disk without space: nothing is saved.
    const other = new DatabaseSync(home.database);
    other.exec('BEGIN IMMEDIATE');
    onTestFinished(() => other.close());
    await firstUnsaved(client, chatId);
    await expect(assistant.close()).rejects.toMatchObject({ code: 'databaseBusy' });
  });
});

describe('the models', () => {
  it('are the starter model until the person has another', async () => {
    const { client } = openTestAssistant().assistant;
    const snapshot = await firstSnapshot(client, () => true);
    expect(snapshot).toMatchObject({
      engine: { state: 'empty' },
      chosenId: 'starter',
      models: [{ id: 'starter', builtIn: true, state: 'ready', name: 'Starter MoE' }],
    });
  });

  it('are loaded before the first question by a host that wants it', async () => {
    const { client } = openTestAssistant({ preloadsModel: true }).assistant;
    const snapshot = await firstSnapshot(client, ({ engine }) => engine.state === 'ready');
    expect(snapshot.engine).toMatchObject({ modelId: 'starter', loaded: { threads: 1 } });
  });

  it('include every file in the folder for models, also a damaged one', async () => {
    const { assistant, home } = openTestAssistant();
    mkdirSync(home.models, { recursive: true });
    copyFileSync(starterModelPath, join(home.models, 'Copy One.gguf'));
    writeFileSync(join(home.models, 'notes.gguf'), 'notes');
    const models = await assistant.client.models.list();
    expect(models.map(({ id, state, error }) => [id, state, error?.code])).toEqual([
      ['notes', 'damaged', 'modelNotGguf'],
      ['copy-one', 'ready', undefined],
      ['starter', 'ready', undefined],
    ]);
  });

  it('are taken in where they lie and forgotten without deleting the file', async () => {
    const { assistant, home } = openTestAssistant();
    const path = join(home.folder, 'mine.gguf');
    copyFileSync(starterModelPath, path);
    const added = await assistant.client.models.add({ path });
    expect(added).toMatchObject({ id: 'mine', path, state: 'ready' });
    expect((await firstSnapshot(assistant.client, () => true)).chosenId).toBe('mine');
    await assistant.client.models.remove({ id: 'mine' });
    expect(existsSync(path)).toBe(true);
    expect((await assistant.client.models.list()).map(({ id }) => id)).toEqual(['starter']);
  });

  it('show a file that vanished as missing', async () => {
    const { assistant, home } = openTestAssistant();
    const path = join(home.folder, 'mine.gguf');
    copyFileSync(starterModelPath, path);
    await assistant.client.models.add({ path });
    rmSync(path);
    expect((await assistant.client.models.list())[0]).toMatchObject({ state: 'missing' });
    await expect(assistant.client.models.choose({ id: 'mine' })).rejects.toMatchObject({
      code: 'modelFileMissing',
      data: { path },
    });
  });

  it('keep the starter model', async () => {
    const { client } = openTestAssistant().assistant;
    await expect(client.models.remove({ id: 'starter' })).rejects.toMatchObject({
      code: 'modelBuiltIn',
    });
  });

  it('give their memory back', async () => {
    const { client } = openTestAssistant().assistant;
    await client.models.choose({ id: 'starter' });
    await client.models.unload();
    const snapshot = await firstSnapshot(client, () => true);
    expect(snapshot.engine).toEqual({ state: 'empty' });
  });
});

describe('a conversation that is not kept', () => {
  it('is answered and leaves no trace', async () => {
    const { assistant, home } = openTestAssistant();
    const messages = [{ role: 'user', text: 'What is a router?' }] as const;
    let text = '';
    const signal = new AbortController().signal;
    for await (const event of assistant.complete({ messages, sampling: {} }, signal)) {
      text += event.type === 'delta' ? event.text : '';
    }
    expect(text).toContain('scores all experts');
    expect(await assistant.client.chats.list()).toEqual([]);
    expect(readdirSync(home.folder).filter((name) => name.includes('log'))).toEqual([]);
  });
});

function evaluated({ status }: Message): number {
  if (status.state !== 'finished' || status.stats === null) throw new Error('no stats');
  return status.stats.evaluatedPromptTokens;
}

/** The answer's text as one who joined late has it in the end. */
async function collectUntilDone(client: Client, chatId: string): Promise<string> {
  let text = '';
  for await (const event of client.chats.open({ id: chatId })) {
    text = nextText(text, event);
    if (event.type === 'status' && event.status.state === 'finished') break;
  }
  return text;
}

function nextText(text: string, event: ChatEvent): string {
  if (event.type === 'opened') return event.messages.at(-1)?.text ?? '';
  return event.type === 'delta' ? text + event.text : text;
}
