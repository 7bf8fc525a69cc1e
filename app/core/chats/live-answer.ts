/**
 * An answer while it is written: what it holds is at most a second ahead of the database. If the
 * disk is full the text is kept here and saving is tried again each second.
 */
import type { Message, MessageStatus } from '../../contract/answers.ts';
import type { ChatEvent } from '../../contract/chats.ts';
import { errorFactsOf } from '../../contract/errors.ts';
import type { AnsweringModel } from '../../contract/models.ts';

/** A crash loses at most this much of an answer. */
const saveEveryMs = 1000;

/** Where a live answer goes. */
export interface LiveAnswerPlaces {
  save(message: Message): void;
  publish(event: ChatEvent): void;
  /** Is called once everything of a finished answer is saved. */
  onSaved(): void;
}

export class LiveAnswer {
  readonly #places: LiveAnswerPlaces;
  #message: Message;
  #timer: NodeJS.Timeout | undefined;
  #unsaved = false;
  #finished = false;

  constructor(message: Message, places: LiveAnswerPlaces) {
    this.#message = message;
    this.#places = places;
  }

  /** The answer as it is now. */
  get message(): Message {
    return this.#message;
  }

  append(text: string, reasoning: string): void {
    const { id: messageId } = this.#message;
    this.#message = {
      ...this.#message,
      text: this.#message.text + text,
      reasoning: this.#message.reasoning + reasoning,
    };
    this.#places.publish({ type: 'delta', messageId, text, reasoning });
    this.#saveSoon();
  }

  /** The answer moves on; `model` is told as soon as it is known. */
  moveTo(status: MessageStatus, model: AnsweringModel | null = this.#message.model): void {
    this.#message = { ...this.#message, status, model };
    this.#places.publish({ type: 'status', messageId: this.#message.id, status, model });
    this.#saveSoon();
  }

  /** The last move. What can't be saved now is tried again until it can be. */
  finish(status: MessageStatus): void {
    this.#finished = true;
    this.moveTo(status);
    this.#saveNow();
  }

  /** Saves what there is and stops trying. Returns the error if that is not possible. */
  close(): Error | undefined {
    clearTimeout(this.#timer);
    try {
      this.#places.save(this.#message);
      return undefined;
    } catch (thrown) {
      return thrown instanceof Error ? thrown : new Error(String(thrown));
    }
  }

  #saveSoon(): void {
    this.#timer ??= setTimeout(() => this.#saveNow(), saveEveryMs);
  }

  #saveNow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      this.#places.save(this.#message);
    } catch (thrown) {
      this.#reportUnsaved(thrown);
      return;
    }
    if (this.#unsaved) this.#places.publish({ type: 'unsaved', path: null });
    this.#unsaved = false;
    if (this.#finished) this.#places.onSaved();
  }

  /** Any failure to save is worth another try: disks are freed, locks released. */
  #reportUnsaved(thrown: unknown): void {
    const { path = '' } = errorFactsOf(thrown).data;
    if (!this.#unsaved) this.#places.publish({ type: 'unsaved', path: String(path) });
    this.#unsaved = true;
    this.#saveSoon();
  }
}
