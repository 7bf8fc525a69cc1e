/**
 * Asking: stores the question, lets its answer be generated into the chat, and ends it on request.
 * The next file on a question's way is `generation.ts`.
 */
import type { Asked, Message, MessageStatus, Question } from '../../contract/answers.ts';
import { attachmentLimitBytes } from '../../contract/answers.ts';
import { errorFactsOf, MoeweError } from '../../contract/errors.ts';
import type { Chats } from '../chats/chats.ts';
import { chatTitle } from '../chats/chat-title.ts';
import type { LiveAnswer } from '../chats/live-answer.ts';
import type { AnswerRecords } from '../routing/answer-records.ts';
import type { LiveRouting } from '../routing/live-routing.ts';
import type { SettingsStore } from '../settings/settings-store.ts';
import type { Database } from '../database/database.ts';
import {
  generate,
  type GenerationOrder,
  type GenerationParts,
  type GenerationProgress,
} from './generation.ts';
import { promptOf } from './prompt.ts';

/** The parts that asking needs. */
export interface AnswersParts extends GenerationParts {
  readonly database: Database;
  readonly chats: Chats;
  readonly records: AnswerRecords;
  readonly settings: SettingsStore;
  /** Is told of defects, for the log. */
  readonly onDefect: (thrown: unknown, where: string) => void;
}

/** What grows while an answer is written. */
interface Writing {
  readonly live: LiveAnswer;
  readonly routing: LiveRouting;
}

interface RunningAnswer {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

export class Answers {
  readonly #parts: AnswersParts;
  readonly #running = new Map<string, RunningAnswer>();
  #closing = false;

  constructor(parts: AnswersParts) {
    this.#parts = parts;
  }

  /**
   * Stores the question and begins its answer. Errors: `questionEmpty`, `attachmentTooLarge`,
   * `attachmentNotText`, `answerInProgress`, `modelUnknown`, `chatUnknown`, `diskFull`; nothing is
   * stored then.
   */
  async ask(question: Question): Promise<Asked> {
    const { chats, database } = this.#parts;
    requireAskable(question);
    const model = await this.#modelFor(question.modelId);
    if (question.chatId !== undefined && chats.isAnswering(question.chatId)) {
      throw new MoeweError('answerInProgress', {});
    }
    const [asked, answer] = database.transaction(() => {
      const stored = this.#storeQuestion(question);
      return [stored, chats.storeAnswer(stored)] as const;
    });
    return this.#begin(asked, answer, { ...question, model });
  }

  /** Answers the question of `answerId` again, beside the answer that is there. */
  async retry(answerId: string, modelId: string | undefined): Promise<Asked> {
    const { chats } = this.#parts;
    const { parentId, chatId } = chats.store.message(answerId);
    if (parentId === null) throw new MoeweError('messageUnknown', { message: answerId });
    if (chats.isAnswering(chatId)) throw new MoeweError('answerInProgress', {});
    const model = await this.#modelFor(modelId);
    const asked = chats.store.message(parentId);
    return this.#begin(asked, chats.storeAnswer(asked), { model });
  }

  /** Ends an answer and waits until it has ended. */
  async stop(answerId: string): Promise<void> {
    const running = this.#running.get(answerId);
    running?.stop.abort();
    await running?.ended;
  }

  /** Ends all answers as interrupted; what was generated is kept. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all([...this.#running.keys()].map((answerId) => this.stop(answerId)));
  }

  #modelFor(modelId: string | undefined) {
    const { models } = this.#parts;
    return modelId === undefined ? models.chosen() : models.library.resolve(modelId);
  }

  #storeQuestion({ chatId, parentId, text, attachments = [] }: Question): Message {
    const { store } = this.#parts.chats;
    const titleText = text.trim() === '' ? (attachments[0]?.name ?? '') : text;
    const chat = chatId === undefined ? store.create(chatTitle(titleText)) : store.get(chatId);
    return store.append({
      chatId: chat.id,
      parentId: parentId === undefined ? chat.leafId : parentId,
      role: 'user',
      text,
      reasoning: '',
      attachments,
      status: { state: 'finished', stopReason: 'endOfAnswer', stats: null },
      model: null,
    });
  }

  #begin(
    asked: Message,
    answer: Message,
    {
      model,
      instructions,
      sampling = {},
      maxTokens,
    }: Pick<GenerationOrder, 'model'> & Pick<Question, 'instructions' | 'sampling' | 'maxTokens'>,
  ): Asked {
    const { chats, records, settings } = this.#parts;
    const writing = { live: chats.write(answer), routing: records.write(answer) };
    chats.announce(asked.chatId, [asked, answer]);
    const chosen = settings.get();
    const said = instructions ?? chosen.instructions;
    const messages = promptOf(chats.branch(asked.id), said);
    const stop = new AbortController();
    const conversationId = asked.chatId;
    const routing = chosen.recordRouting ? 'answer' : 'off';
    const order = { model, messages, sampling, maxTokens, conversationId, routing } as const;
    const ended = this.#write(writing, order, stop.signal);
    this.#running.set(answer.id, { stop, ended });
    void ended.finally(() => this.#running.delete(answer.id));
    return { chatId: asked.chatId, questionId: asked.id, answerId: answer.id };
  }

  /** Never rejects: a failure is a way for an answer to end. */
  async #write(writing: Writing, order: GenerationOrder, signal: AbortSignal): Promise<void> {
    const { live, routing } = writing;
    try {
      for await (const event of generate(this.#parts, order, signal)) this.#take(event, writing);
    } catch (thrown) {
      const error = errorFactsOf(thrown);
      if (error.code === 'internal') this.#parts.onDefect(thrown, 'answers.ask');
      routing.finish();
      live.finish({ state: 'failed', error });
    }
  }

  #take(event: GenerationProgress, { live, routing }: Writing): void {
    switch (event.type) {
      case 'started':
        routing.begin(event.model, event.routingAbsence);
        live.moveTo({ state: 'evaluating', progress: 0 }, event.model);
        break;
      case 'promptProgress':
        live.moveTo({ state: 'evaluating', progress: event.progress });
        break;
      case 'delta':
        if (live.message.status.state !== 'streaming') live.moveTo({ state: 'streaming' });
        live.append(event.text, event.reasoning);
        break;
      case 'routing':
        routing.add(event.record);
        break;
      case 'finished':
        // First: whoever sees the answer finished finds its whole strip.
        routing.finish();
        live.finish(this.#finished(event));
        break;
    }
  }

  #finished(event: Pick<Extract<MessageStatus, { state: 'finished' }>, 'stopReason' | 'stats'>) {
    const { stopReason, stats } = event;
    if (this.#closing && stopReason === 'stopped') return { state: 'interrupted' } as const;
    return { state: 'finished', stopReason, stats } as const;
  }
}

function requireAskable({ text, attachments = [] }: Question): void {
  if (text.trim() === '' && attachments.length === 0) throw new MoeweError('questionEmpty', {});
  for (const { name, text: content } of attachments) {
    // A NUL byte never stands in a text file and always in common binary ones.
    if (content.includes('\u0000')) throw new MoeweError('attachmentNotText', { name });
    if (Buffer.byteLength(content) > attachmentLimitBytes) {
      throw new MoeweError('attachmentTooLarge', { name, limitBytes: attachmentLimitBytes });
    }
  }
}
