/**
 * The files in which the engine keeps the evaluated state of chats (`app/engine/kept-conversations.ts`
 * writes and reads them). They hold what was said, so they go when their chat goes.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Deletes a chat's states. */
export function forgetConversation(folder: string, chatId: string): void {
  deleteStates(folder, (owner) => owner === chatId);
}

/** Deletes the states of chats that are no more: a crash may have come in between. */
export function sweepConversations(folder: string, chatIds: readonly string[]): void {
  const known = new Set(chatIds);
  deleteStates(folder, (owner) => !known.has(owner));
}

/** A file's name begins with its chat's id. What can't be deleted now is swept at the next start. */
function deleteStates(folder: string, isWanted: (chatId: string) => boolean): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const [owner = ''] = name.split('.');
    if (isWanted(owner)) rmSync(join(folder, name), { force: true });
  }
}
