/** `moewe chats …`: the list, one chat as text, and the search. */
import type { Message } from '../../contract/answers.ts';
import type { Chat } from '../../contract/chats.ts';
import type { Assistant } from '../../core/assistant.ts';
import { errorSentence } from '../../words/error-sentence.ts';
import { m } from '../../words/generated/messages.js';
import type { Locale } from '../../words/locale.ts';
import type { Terminal } from '../terminal.ts';

/** `chats list`. */
export async function listChats({ client }: Assistant, terminal: Terminal): Promise<void> {
  const chats = await client.chats.list();
  if (terminal.json) {
    terminal.document(chats);
    return;
  }
  if (chats.length === 0) terminal.note(m.terminal_no_chats({}, { locale: terminal.locale }));
  terminal.print(chats.map((chat) => `${line(chat, terminal.locale)}\n`).join(''));
}

/** `chats show ID`: the branch that is shown last; with `--json` all branches. */
export async function showChat(
  { client }: Assistant,
  id: string,
  terminal: Terminal,
): Promise<void> {
  const shown = await client.chats.show({ id });
  if (terminal.json) {
    terminal.document(shown);
    return;
  }
  const branch = branchOf(shown.messages, shown.chat.leafId);
  terminal.print(branch.map((message) => `${paragraph(message, terminal.locale)}\n\n`).join(''));
}

/** `chats search TEXT`. */
export async function searchChats(
  { client }: Assistant,
  text: string,
  terminal: Terminal,
): Promise<void> {
  const hits = await client.chats.search({ text });
  if (terminal.json) {
    terminal.document(hits);
    return;
  }
  const plain = (excerpt: string) =>
    excerpt.replaceAll('\u0002', '').replaceAll('\u0003', '').replaceAll(/\s+/g, ' ');
  terminal.print(
    hits
      .map(({ chat, excerpt }) => `${line(chat, terminal.locale)}\n    ${plain(excerpt)}\n`)
      .join(''),
  );
}

function line({ id, title, updatedAt }: Chat, locale: Locale): string {
  const when = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  return `${id}  ${when.format(updatedAt)}  ${title}`;
}

function branchOf(messages: readonly Message[], leafId: string | null): Message[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const branch: Message[] = [];
  let next = leafId === null ? undefined : byId.get(leafId);
  while (next) {
    branch.unshift(next);
    next = next.parentId === null ? undefined : byId.get(next.parentId);
  }
  return branch;
}

function paragraph({ role, text, model, status, attachments }: Message, locale: Locale): string {
  const who = role === 'user' ? m.terminal_you({}, { locale }) : (model?.name ?? 'Moewe');
  const files = attachments.map(({ name }) => `[${name}]`);
  return [`${who}:`, ...files, text, ending()].filter((part) => part !== '').join('\n');

  function ending(): string {
    if (status.state === 'failed') return `(${errorSentence(status.error, locale).happened})`;
    if (status.state === 'interrupted') return m.terminal_interrupted({}, { locale });
    const stopped = status.state === 'finished' && status.stopReason === 'stopped';
    return stopped ? m.terminal_stopped({}, { locale }) : '';
  }
}
