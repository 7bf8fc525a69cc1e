/** What a person has typed and attached but not sent, for each chat; a reload keeps the text. */
import type { Attachment } from '../../app/contract/answers.ts';

export interface Draft {
  text: string;
  attachments: Attachment[];
}

const storageKey = 'moewe.drafts';
const newChatKey = 'new';

class Drafts {
  readonly #drafts = $state<Record<string, Draft>>(remembered());

  /** The draft of a chat; null stands for a new chat. */
  of(chatId: string | null): Draft {
    return this.#drafts[chatId ?? newChatKey] ?? { text: '', attachments: [] };
  }

  change(chatId: string | null, draft: Draft): void {
    this.#drafts[chatId ?? newChatKey] = draft;
    const texts = Object.entries(this.#drafts).map(([key, { text }]) => [key, text]);
    sessionStorage.setItem(storageKey, JSON.stringify(Object.fromEntries(texts)));
  }

  clear(chatId: string | null): void {
    this.change(chatId, { text: '', attachments: [] });
  }
}

export const drafts = new Drafts();

function remembered(): Record<string, Draft> {
  try {
    const texts = JSON.parse(sessionStorage.getItem(storageKey) ?? '{}') as Record<string, string>;
    return Object.fromEntries(
      Object.entries(texts).map(([key, text]) => [key, { text: text, attachments: [] }]),
    );
  } catch {
    return {};
  }
}
