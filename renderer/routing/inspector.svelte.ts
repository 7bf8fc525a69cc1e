/** Whether the inspector is open, and the token that a person wants to know more about. */
import { createContext } from 'svelte';
import { MediaQuery } from 'svelte/reactivity';
import type { Preferences } from '../settings/preferences.svelte.ts';

/** A token of an answer, by its place. */
export interface ChosenToken {
  readonly answerId: string;
  readonly token: number;
}

export class Inspector {
  chosen = $state.raw<ChosenToken | null>(null);
  /** True where there is no room for a column. The sheet is not remembered: it covers the chat. */
  readonly narrow = new MediaQuery('width < 900px');
  readonly isOpen = $derived.by(() =>
    this.narrow.current ? this.#sheetOpen : this.#preferences.current.inspectorOpen,
  );
  readonly #preferences: Preferences;
  #sheetOpen = $state(false);

  constructor(preferences: Preferences) {
    this.#preferences = preferences;
  }

  toggle(): void {
    this.#show(!this.isOpen);
  }

  /** Closes the sheet; a column stays, since it covers nothing. */
  closeSheet(): void {
    this.#sheetOpen = false;
  }

  /** Opens at a token. */
  inspect(chosen: ChosenToken): void {
    this.chosen = chosen;
    if (!this.isOpen) this.#show(true);
  }

  /** Back to the whole answer. */
  leaveToken(): void {
    this.chosen = null;
  }

  #show(open: boolean): void {
    if (this.narrow.current) this.#sheetOpen = open;
    else void this.#preferences.change({ inspectorOpen: open });
  }
}

export const [inspector, provideInspector] = createContext<Inspector>();
