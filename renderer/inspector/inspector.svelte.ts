/**
 * The column beside a chat that shows the model at work: whether it is open, and what it looks at.
 * On a narrow screen it is a sheet, which nobody wants to find open after a reload.
 */
import { MediaQuery } from 'svelte/reactivity';
import type { Preferences } from '../settings/preferences.svelte.ts';

export class Inspector {
  /** The answer that was looked at last; null: the newest one of the chat. */
  answerId = $state<string | null>(null);
  /** The place of a token in that answer. */
  token = $state<number | null>(null);
  /** The layer that is shown, by its number in the model; null until one was chosen. */
  layer = $state<number | null>(null);
  over = $state<'answer' | 'chat' | 'ever'>('answer');
  readonly #preferences: Preferences;
  readonly #narrow = new MediaQuery('max-width: 900px');
  #sheetOpen = $state(false);

  constructor(preferences: Preferences) {
    this.#preferences = preferences;
  }

  get isSheet(): boolean {
    return this.#narrow.current;
  }

  get isOpen(): boolean {
    return this.isSheet ? this.#sheetOpen : this.#preferences.current.inspectorOpen;
  }

  open(): void {
    this.#setOpen(true);
  }

  close(): void {
    this.#setOpen(false);
  }

  toggle(): void {
    this.#setOpen(!this.isOpen);
  }

  /** Opens it on a token of an answer. */
  show(answerId: string, token: number): void {
    this.answerId = answerId;
    this.token = token;
    this.open();
  }

  /** Another chat: nothing is chosen in it. */
  lookAway(): void {
    this.answerId = null;
    this.token = null;
  }

  #setOpen(open: boolean): void {
    if (this.isSheet) this.#sheetOpen = open;
    else if (this.isOpen !== open) void this.#preferences.change({ inspectorOpen: open });
  }
}
