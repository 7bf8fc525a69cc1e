/**
 * Chats as interfaces see them: what is stored, answers that are being written, and every change as
 * it happens.
 */
import type { Message } from '../../contract/answers.ts';
import type { Chat, ChatEvent, ChatListEvent } from '../../contract/chats.ts';
import { MoeweError } from '../../contract/errors.ts';
import type { StripToken } from '../../contract/routing.ts';
import { Topic } from '../topic.ts';
import type { ChatStore } from './chat-store.ts';
import { LiveAnswer } from './live-answer.ts';

export class Chats {
  readonly store: ChatStore;
  readonly #list = new Topic<ChatListEvent>();
  readonly #open = new Map<string, Topic<ChatEvent>>();
  readonly #live = new Map<string, LiveAnswer>();

  readonly #onRemoved: (chatId: string) => void;

  /** `onRemoved` is told of a deleted chat, for what others keep of it. */
  constructor(store: ChatStore, onRemoved: (chatId: string) => void = () => undefined) {
    this.store = store;
    this.#onRemoved = onRemoved;
  }

  watchList(signal: AbortSignal): AsyncIterableIterator<ChatListEvent, void> {
    return this.#list.follow([{ type: 'all', chats: this.store.list() }], signal);
  }

  /** One chat from now on. Reading and following happen at once, so nothing falls between. */
  open(id: string, signal: AbortSignal): AsyncIterableIterator<ChatEvent, void> {
    const opened: ChatEvent = { type: 'opened', ...this.show(id) };
    const topic = this.#open.get(id) ?? new Topic<ChatEvent>();
    this.#open.set(id, topic);
    return topic.follow([opened], signal);
  }

  /** A chat with all its messages, unfinished ones as they are at this moment. */
  show(id: string): { chat: Chat; messages: Message[] } {
    const stored = this.store.messages(id);
    return {
      chat: this.store.get(id),
      messages: stored.map((message) => this.#live.get(message.id)?.message ?? message),
    };
  }

  /** The messages from the beginning to `leafId`, unfinished ones as they are at this moment. */
  branch(leafId: string): Message[] {
    return this.store
      .branch(leafId)
      .map((message) => this.#live.get(message.id)?.message ?? message);
  }

  /** One message, as it is at this moment. Throws `messageUnknown`. */
  current(messageId: string): Message {
    const stored = this.store.message(messageId);
    return this.#live.get(messageId)?.message ?? stored;
  }

  /** True while an answer of this chat is being written. */
  isAnswering(chatId: string): boolean {
    return [...this.#live.values()].some(({ message }) => isUnfinished(message, chatId));
  }

  /** Tells everybody about messages that were just stored in a chat. */
  announce(chatId: string, messages: readonly Message[]): void {
    for (const message of messages) this.#publish(chatId, { type: 'message', message });
    this.#announceChat(this.store.get(chatId));
  }

  /** Stores an empty answer to `asked`. */
  storeAnswer(asked: Message): Message {
    return this.store.append({
      chatId: asked.chatId,
      parentId: asked.id,
      role: 'assistant',
      text: '',
      reasoning: '',
      attachments: [],
      status: { state: 'waiting' },
      model: null,
    });
  }

  /** Makes a stored answer one that can be written. */
  write(stored: Message): LiveAnswer {
    const live = new LiveAnswer(stored, {
      save: (message) => this.store.save(message),
      publish: (event) => this.#publish(stored.chatId, event),
      onSaved: () => this.#live.delete(stored.id),
    });
    this.#live.set(stored.id, live);
    return live;
  }

  /** Tells of more bars of an answer's expert strip. */
  tellStrip({ id: messageId, chatId }: Message, tokens: StripToken[]): void {
    this.#publish(chatId, { type: 'strip', messageId, tokens });
  }

  rename(id: string, title: string): Chat {
    return this.#announceChat(this.store.rename(id, title));
  }

  chooseLeaf(id: string, leafId: string): Chat {
    return this.#announceChat(this.store.chooseLeaf(id, leafId));
  }

  /** Deletes a chat. Refused with `answerInProgress` while one of its answers is written. */
  remove(id: string): void {
    if (this.isAnswering(id)) throw new MoeweError('answerInProgress', {});
    this.store.remove(id);
    for (const [messageId, { message }] of this.#live) {
      if (message.chatId === id) this.#live.delete(messageId);
    }
    this.#onRemoved(id);
    this.#publish(id, { type: 'removed' });
    this.#open.get(id)?.end();
    this.#open.delete(id);
    this.#list.publish({ type: 'removed', id });
  }

  /** Ends all streams and saves what is still only in memory. Throws if that is not possible. */
  close(): void {
    for (const topic of this.#open.values()) topic.end();
    this.#list.end();
    const unsaved = [...this.#live.values()].flatMap((live) => live.close() ?? []);
    this.#live.clear();
    const [first] = unsaved;
    if (first !== undefined) throw first;
  }

  #announceChat(chat: Chat): Chat {
    this.#list.publish({ type: 'changed', chat });
    this.#publish(chat.id, { type: 'chat', chat });
    return chat;
  }

  #publish(chatId: string, event: ChatEvent): void {
    this.#open.get(chatId)?.publish(event);
  }
}

function isUnfinished({ status, chatId }: Message, wantedChatId: string): boolean {
  const { state } = status;
  const unfinished = state === 'waiting' || state === 'evaluating' || state === 'streaming';
  return unfinished && chatId === wantedChatId;
}
