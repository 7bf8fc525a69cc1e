/** Walks the tree of a chat's messages. Pure. */
import type { Message } from '../../app/contract/answers.ts';

/** The messages from the beginning to `leafId`, in order. */
export function branchOf(messages: readonly Message[], leafId: string | null): Message[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const branch: Message[] = [];
  let next = leafId === null ? undefined : byId.get(leafId);
  while (next) {
    branch.unshift(next);
    next = next.parentId === null ? undefined : byId.get(next.parentId);
  }
  return branch;
}

/** The message and those that follow the same one, oldest first. */
export function siblingsOf(messages: readonly Message[], { parentId, role }: Message): Message[] {
  return messages.filter((other) => other.parentId === parentId && other.role === role);
}

/** The end of the newest branch below a message. */
export function newestLeaf(messages: readonly Message[], id: string): string {
  const child = messages.findLast(({ parentId }) => parentId === id);
  return child ? newestLeaf(messages, child.id) : id;
}

/** True while an answer has not come to its end. */
export function isUnfinished({ status }: Message): boolean {
  return (
    status.state === 'waiting' || status.state === 'evaluating' || status.state === 'streaming'
  );
}
