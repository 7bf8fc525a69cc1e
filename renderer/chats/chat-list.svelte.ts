/** All chats, newest first, as the core tells them. */
import type { Chat, ChatListEvent, SearchHit } from '../../app/contract/chats.ts';
import { attempt } from '../session/notice.svelte.ts';
import type { Core, CoreAccess } from '../session/core.ts';

export class ChatList {
  all = $state.raw<readonly Chat[]>([]);
  /** False until the list has come for the first time. */
  loaded = $state(false);
  readonly #session: CoreAccess;

  constructor(session: CoreAccess) {
    this.#session = session;
  }

  async follow(core: Core): Promise<void> {
    for await (const event of core.chats.watchList()) {
      this.all = listAfter(this.all, event);
      this.loaded = true;
    }
  }

  async rename(id: string, title: string): Promise<void> {
    await attempt(() => this.#session.core.chats.rename({ id, title }));
  }

  async remove(id: string): Promise<boolean> {
    const done = await attempt(async () => {
      await this.#session.core.chats.remove({ id });
      return true;
    });
    return done ?? false;
  }

  async search(text: string): Promise<readonly SearchHit[]> {
    return (await attempt(() => this.#session.core.chats.search({ text }))) ?? [];
  }
}

/** The list after an event. */
export function listAfter(chats: readonly Chat[], event: ChatListEvent): readonly Chat[] {
  if (event.type === 'all') return event.chats;
  const id = event.type === 'removed' ? event.id : event.chat.id;
  const others = chats.filter((chat) => chat.id !== id);
  if (event.type === 'removed') return others;
  return [event.chat, ...others].toSorted((a, b) => b.updatedAt - a.updatedAt);
}
