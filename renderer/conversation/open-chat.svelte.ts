/** One chat as it is shown: its messages, the branch, and what a person does with it. */
import type { Attachment, Message } from '../../app/contract/answers.ts';
import type { Chat, ChatEvent } from '../../app/contract/chats.ts';
import { errorFactsOf } from '../../app/contract/errors.ts';
import { attempt, notice } from '../session/notice.svelte.ts';
import type { Core } from '../session/core.ts';
import { AnswerStrips } from '../routing/answer-strips.svelte.ts';
import type { Session } from '../session/session.svelte.ts';
import { branchOf, isUnfinished, newestLeaf } from './branch.ts';

export class OpenChat {
  chat = $state.raw<Chat | null>(null);
  messages = $state<Message[]>([]);
  /** Where the text could not be saved just now; null while it is. */
  unsavedPath = $state<string | null>(null);
  removed = $state(false);
  readonly branch: readonly Message[] = $derived(
    branchOf(this.messages, this.chat?.leafId ?? null),
  );
  readonly answering: Message | undefined = $derived(this.messages.find(isUnfinished));
  readonly strips: AnswerStrips;
  readonly #session: Session;
  readonly #id: string;

  constructor(session: Session, id: string) {
    this.#session = session;
    this.#id = id;
    this.strips = new AnswerStrips(session);
  }

  /** Follows the chat until the returned function is called. */
  follow(): () => void {
    let events: AsyncIterableIterator<ChatEvent, void> | undefined;
    const unfollow = this.#session.follow(async (core: Core) => {
      events = core.chats.open({ id: this.#id });
      try {
        for await (const event of events) this.#take(event);
      } catch (thrown) {
        if (errorFactsOf(thrown).code === 'chatUnknown') this.removed = true;
        throw thrown;
      }
    });
    return () => {
      unfollow();
      void events?.return?.();
    };
  }

  /** Asks at the end of the branch, or beside `edited` on a branch of its own. */
  async ask(text: string, attachments: Attachment[], edited?: Message): Promise<boolean> {
    const place = edited ? { parentId: edited.parentId } : {};
    const question = { chatId: this.#id, text, attachments, ...place };
    return (await attempt(() => this.#session.core.answers.ask(question))) !== undefined;
  }

  async stop(): Promise<void> {
    const answerId = this.answering?.id;
    if (answerId) await attempt(() => this.#session.core.answers.stop({ answerId }));
  }

  async retry(answerId: string): Promise<void> {
    await attempt(() => this.#session.core.answers.retry({ answerId }));
  }

  /** Shows the newest branch that goes through a message. */
  async showBranch(messageId: string): Promise<void> {
    const leafId = newestLeaf(this.messages, messageId);
    await attempt(() => this.#session.core.chats.chooseLeaf({ id: this.#id, leafId }));
  }

  #take(event: ChatEvent): void {
    switch (event.type) {
      case 'opened':
        this.chat = event.chat;
        this.messages = event.messages;
        this.strips.restart();
        break;
      case 'chat':
        this.chat = event.chat;
        break;
      case 'message':
        this.#put(event.message);
        break;
      case 'delta': {
        const message = this.#find(event.messageId);
        if (message) message.text += event.text;
        if (message) message.reasoning += event.reasoning;
        break;
      }
      case 'strip':
        this.strips.append(event.messageId, event.tokens);
        break;
      case 'status':
        Object.assign(this.#find(event.messageId) ?? {}, {
          status: event.status,
          model: event.model,
        });
        break;
      case 'unsaved':
        this.unsavedPath = event.path;
        break;
      case 'removed':
        this.removed = true;
        notice.dismiss();
        break;
    }
  }

  #find(id: string): Message | undefined {
    return this.messages.findLast((message) => message.id === id);
  }

  #put(message: Message): void {
    const index = this.messages.findIndex(({ id }) => id === message.id);
    if (index === -1) this.messages.push(message);
    else this.messages[index] = message;
  }
}
