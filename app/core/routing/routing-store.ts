/**
 * Records of answers' experts in the database, and the sums over all answers. A save appends what
 * is new, so that a crash loses what came since the last one and nothing else.
 */
import { z } from 'zod';
import type { AnsweringModel } from '../../contract/models.ts';
import { routingAbsence, type RoutingAbsence } from '../../contract/routing.ts';
import type { Database, Row } from '../database/database.ts';
import { joined, shapeKey, type ExpertChoices, type RoutingShape } from './expert-choices.ts';
import { noCounts, withChoices, type ExpertCounts } from './expert-counts.ts';
import { packChoices, unpackChoices } from './packed-choices.ts';

const storedShape = z.tuple([z.array(z.number()), z.number(), z.number()]);
const storedTexts = z.array(z.string());

/** What is stored of an answer. */
export type StoredRouting =
  | { readonly state: 'recorded'; readonly choices: ExpertChoices }
  | { readonly state: 'absent'; readonly reason: RoutingAbsence };

export class RoutingStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Keeps why an answer has no record. */
  saveAbsence(messageId: string, reason: RoutingAbsence): void {
    this.#database.run(
      `INSERT OR IGNORE INTO answer_routing (message_id, absence)
       SELECT id, ? FROM messages WHERE id = ?`,
      reason,
      messageId,
    );
  }

  /**
   * Appends more tokens to an answer's record and counts them for its model. Of a message that was
   * deleted meanwhile nothing is stored.
   */
  append(messageId: string, model: AnsweringModel, choices: ExpertChoices): void {
    const { shape, texts } = choices;
    this.#database.transaction(() => {
      this.#database.run(
        `INSERT OR IGNORE INTO answer_routing (message_id, layers, expert_count, used_count)
         SELECT id, ?, ?, ? FROM messages WHERE id = ?`,
        JSON.stringify(shape.layers),
        shape.expertCount,
        shape.usedCount,
        messageId,
      );
      const stored = this.#database.run(
        `INSERT INTO answer_routing_parts (message_id, part, texts, data)
         SELECT message_id,
                (SELECT count(*) FROM answer_routing_parts p WHERE p.message_id = a.message_id),
                ?, ?
           FROM answer_routing a WHERE message_id = ?`,
        JSON.stringify(texts),
        packChoices(choices),
        messageId,
      );
      if (stored > 0) this.#count(model, choices);
    });
  }

  /** Null where nothing was ever stored of it. */
  get(messageId: string): StoredRouting | null {
    const row = this.#database.row('SELECT * FROM answer_routing WHERE message_id = ?', messageId);
    if (!row) return null;
    if (row['absence'] !== null) {
      return { state: 'absent', reason: routingAbsence.parse(row['absence']) };
    }
    const shape = shapeOf([
      JSON.parse(String(row['layers'])),
      row['expert_count'],
      row['used_count'],
    ]);
    const sql = 'SELECT texts, data FROM answer_routing_parts WHERE message_id = ? ORDER BY part';
    const parts = this.#database.rows(sql, messageId).map((part) => {
      const texts = storedTexts.parse(JSON.parse(String(part['texts'])));
      return unpackChoices(shape, texts, bytesOf(part, 'data'));
    });
    const choices = joined(parts);
    return choices && { state: 'recorded', choices };
  }

  /**
   * Sums over everything that a model ever answered here. Without a shape: the one that most of its
   * tokens were counted with. Null where nothing was counted.
   */
  ever(model: AnsweringModel, shape: RoutingShape | null): ExpertCounts | null {
    const sql = `
      SELECT shape, tokens, counts FROM expert_counts
       WHERE model = ?1 AND (?2 IS NULL OR shape = ?2) ORDER BY tokens DESC`;
    const row = this.#database.row(sql, modelKey(model), shape && shapeKey(shape));
    if (!row) return null;
    const bytes = bytesOf(row, 'counts');
    // SQLite's bytes need not lie where a number may begin: copy them.
    const counts = new Float64Array(bytes.slice().buffer);
    return {
      shape: shapeOf(JSON.parse(String(row['shape']))),
      tokens: Number(row['tokens']),
      counts,
    };
  }

  #count(model: AnsweringModel, choices: ExpertChoices): void {
    const before = this.ever(model, choices.shape) ?? noCounts(choices.shape);
    const { tokens, counts } = withChoices(before, choices);
    this.#database.run(
      'INSERT OR REPLACE INTO expert_counts (model, shape, tokens, counts) VALUES (?, ?, ?, ?)',
      modelKey(model),
      shapeKey(choices.shape),
      tokens,
      new Uint8Array(counts.buffer),
    );
  }
}

function shapeOf(stored: unknown): RoutingShape {
  const [layers, expertCount, usedCount] = storedShape.parse(stored);
  return { layers, expertCount, usedCount };
}

function bytesOf(row: Row, column: string): Uint8Array {
  return z.instanceof(Uint8Array).parse(row[column]);
}

/** Ids come from files' names: another model may get one that was free again. */
function modelKey({ id, parameters }: AnsweringModel): string {
  return `${id} ${parameters.total}`;
}
