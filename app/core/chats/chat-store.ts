/**
 * Chats and their messages in the database. Nothing is cached here: what a method returns is what
 * is on the disk.
 */
import { randomUUID } from 'node:crypto';
import type { SQLOutputValue } from 'node:sqlite';
import { z } from 'zod';
import { message, type Message } from '../../contract/answers.ts';
import { chat, type Chat, type SearchHit } from '../../contract/chats.ts';
import { MoeweError } from '../../contract/errors.ts';
import type { Database, Row } from '../database/database.ts';
import { searchQuery } from './search-query.ts';

const unfinishedStates = "('waiting', 'evaluating', 'streaming')";

/** A message that is not stored yet. */
export type NewMessage = Omit<Message, 'id' | 'createdAt'>;

export class ChatStore {
  readonly #database: Database;
  readonly #now: () => number;

  constructor(database: Database, now: () => number = Date.now) {
    this.#database = database;
    this.#now = now;
  }

  /** All chats, the one written to last first. */
  list(): Chat[] {
    const sql = 'SELECT * FROM chats ORDER BY updated_at DESC, rowid DESC';
    return this.#database.rows(sql).map(chatOf);
  }

  /** Throws `chatUnknown`. */
  get(id: string): Chat {
    const row = this.#database.row('SELECT * FROM chats WHERE id = ?', id);
    if (!row) throw new MoeweError('chatUnknown', { chat: id });
    return chatOf(row);
  }

  /** All messages of a chat on all branches, in the order of writing. */
  messages(chatId: string): Message[] {
    const sql = 'SELECT * FROM messages WHERE chat_id = ? ORDER BY position';
    return this.#database.rows(sql, chatId).map(messageOf);
  }

  /** Throws `messageUnknown`. */
  message(id: string): Message {
    const row = this.#database.row('SELECT * FROM messages WHERE id = ?', id);
    if (!row) throw new MoeweError('messageUnknown', { message: id });
    return messageOf(row);
  }

  /** The messages from the chat's beginning to `leafId`, in order. */
  branch(leafId: string): Message[] {
    const sql = `
      WITH RECURSIVE branch (id, parent_id, depth) AS (
        SELECT id, parent_id, 0 FROM messages WHERE id = ?
        UNION ALL
        SELECT m.id, m.parent_id, depth + 1 FROM messages m JOIN branch b ON m.id = b.parent_id
      )
      SELECT messages.* FROM branch JOIN messages USING (id) ORDER BY depth DESC`;
    return this.#database.rows(sql, leafId).map(messageOf);
  }

  create(title: string): Chat {
    const id = randomUUID();
    const now = this.#now();
    const sql = 'INSERT INTO chats (id, title, created_at, updated_at) VALUES (?, ?, ?, ?)';
    this.#database.run(sql, id, title, now, now);
    return this.get(id);
  }

  /** Stores a message and makes it the end of the branch that is shown. */
  append(added: NewMessage): Message {
    const stored: Message = { ...added, id: randomUUID(), createdAt: this.#now() };
    this.#database.run(
      `INSERT INTO messages
         (id, chat_id, parent_id, role, text, reasoning, attachments, status, model, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      stored.id,
      stored.chatId,
      stored.parentId,
      stored.role,
      stored.text,
      stored.reasoning,
      JSON.stringify(stored.attachments),
      JSON.stringify(stored.status),
      stored.model && JSON.stringify(stored.model),
      stored.createdAt,
    );
    const sql = 'UPDATE chats SET leaf_id = ?, updated_at = ? WHERE id = ?';
    this.#database.run(sql, stored.id, stored.createdAt, stored.chatId);
    return stored;
  }

  /** Writes an answer's text, status and model. A message that was deleted meanwhile stays gone. */
  save({ id, text, reasoning, status, model }: Message): void {
    this.#database.run(
      'UPDATE messages SET text = ?, reasoning = ?, status = ?, model = ? WHERE id = ?',
      text,
      reasoning,
      JSON.stringify(status),
      model && JSON.stringify(model),
      id,
    );
  }

  rename(id: string, title: string): Chat {
    this.#database.run('UPDATE chats SET title = ? WHERE id = ?', title, id);
    return this.get(id);
  }

  /** Shows the branch that ends with `leafId`. Throws if that is no message of the chat. */
  chooseLeaf(id: string, leafId: string): Chat {
    if (this.message(leafId).chatId !== id) {
      throw new MoeweError('messageUnknown', { message: leafId });
    }
    this.#database.run('UPDATE chats SET leaf_id = ? WHERE id = ?', leafId, id);
    return this.get(id);
  }

  remove(id: string): void {
    this.get(id);
    this.#database.run('DELETE FROM chats WHERE id = ?', id);
  }

  /** Chats whose title or messages contain all words of `text`, best first. */
  search(text: string): SearchHit[] {
    const query = searchQuery(text);
    if (query === null) return [];
    const inMessages = this.#database.rows(
      `SELECT chats.*, messages.id AS message_id,
              snippet(message_search, 0, char(2), char(3), '…', 24) AS excerpt
         FROM message_search
         JOIN messages ON messages.position = message_search.rowid
         JOIN chats ON chats.id = messages.chat_id
        WHERE message_search MATCH ? ORDER BY rank LIMIT 100`,
      query,
    );
    const inTitles = this.#database.rows(
      `SELECT *, NULL AS message_id, title AS excerpt FROM chats
        WHERE title LIKE '%' || ? || '%' ESCAPE '\\' ORDER BY updated_at DESC LIMIT 20`,
      text.trim().replaceAll(/[\\%_]/g, String.raw`\$&`),
    );
    return [...inTitles, ...inMessages].map((row) => ({
      chat: chatOf(row),
      messageId: z.string().nullable().parse(row['message_id']),
      excerpt: z.string().parse(row['excerpt']),
    }));
  }

  /** Marks answers that no process writes any more. Only for the holder of the home's lock. */
  interruptUnfinished(): number {
    return this.#database.run(
      `UPDATE messages SET status = '{"state":"interrupted"}'
        WHERE json_extract(status, '$.state') IN ${unfinishedStates}`,
    );
  }
}

function chatOf(row: Row): Chat {
  return chat.parse({
    id: row['id'],
    title: row['title'],
    createdAt: row['created_at'],
    updatedAt: row['updated_at'],
    leafId: row['leaf_id'],
  });
}

function messageOf(row: Row): Message {
  return message.parse({
    id: row['id'],
    chatId: row['chat_id'],
    parentId: row['parent_id'],
    role: row['role'],
    text: row['text'],
    reasoning: row['reasoning'],
    attachments: parsed(row['attachments']),
    status: parsed(row['status']),
    model: parsed(row['model']),
    createdAt: row['created_at'],
  });
}

function parsed(json: SQLOutputValue | undefined): unknown {
  return typeof json === 'string' ? JSON.parse(json) : null;
}
