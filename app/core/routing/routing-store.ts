/** Routing in the database: what belongs to an answer, and what each model's experts did ever. */
import { z } from 'zod';
import { routingAbsence, type RoutingAbsence } from '../../contract/routing.ts';
import type { Database, Row } from '../database/database.ts';
import { ExpertCounts } from './expert-counts.ts';
import { packed, unpacked } from './packed-routing.ts';
import type { RoutingBatch } from './routing-batch.ts';

export class RoutingStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Adds a batch to an answer's record, and keeps its model's counts as they are then. An answer
   * that was deleted meanwhile stays gone; its tokens were counted all the same.
   */
  append(answerId: string, batch: RoutingBatch, modelId: string, counts: ExpertCounts): void {
    this.#database.transaction(() => {
      this.#database.run(
        `INSERT INTO answer_routing
         SELECT id, (SELECT count(*) FROM answer_routing WHERE message_id = id), ?, ?, ?, ?, ?
           FROM messages WHERE id = ?`,
        JSON.stringify(batch.layers),
        batch.expertCount,
        batch.usedCount,
        JSON.stringify(batch.texts),
        packed(batch),
        answerId,
      );
      this.#keepCounts(modelId, counts);
    });
  }

  /** An answer's record in the order of writing. */
  parts(answerId: string): RoutingBatch[] {
    const sql = 'SELECT * FROM answer_routing WHERE message_id = ? ORDER BY part';
    return this.#database.rows(sql, answerId).map(batchOfRow);
  }

  /** The records of all answers that one model wrote in a chat. */
  partsOfChat(chatId: string, modelId: string): RoutingBatch[] {
    const sql = `
      SELECT answer_routing.* FROM answer_routing JOIN messages ON messages.id = message_id
       WHERE chat_id = ? AND json_extract(model, '$.id') = ?`;
    return this.#database.rows(sql, chatId, modelId).map(batchOfRow);
  }

  keepAbsence(answerId: string, reason: RoutingAbsence): void {
    this.#database.run(
      'INSERT OR REPLACE INTO answer_routing_absences SELECT id, ? FROM messages WHERE id = ?',
      reason,
      answerId,
    );
  }

  absence(answerId: string): RoutingAbsence | null {
    const sql = 'SELECT reason FROM answer_routing_absences WHERE message_id = ?';
    const row = this.#database.row(sql, answerId);
    return row ? routingAbsence.parse(row['reason']) : null;
  }

  /** What was counted of a model's experts; null for a model that was never recorded. */
  counts(modelId: string): ExpertCounts | null {
    const row = this.#database.row('SELECT * FROM expert_counts WHERE model = ?', modelId);
    if (!row) return null;
    const shape = shapeOf(row);
    const bytes = Uint8Array.from(blob(row['counts']));
    return new ExpertCounts(shape, new Uint32Array(bytes.buffer), Number(row['tokens']));
  }

  #keepCounts(modelId: string, { shape, tokens, counts }: ExpertCounts): void {
    this.#database.run(
      'INSERT OR REPLACE INTO expert_counts VALUES (?, ?, ?, ?, ?, ?)',
      modelId,
      JSON.stringify(shape.layers),
      shape.expertCount,
      shape.usedCount,
      tokens,
      new Uint8Array(counts.buffer, counts.byteOffset, counts.byteLength),
    );
  }
}

const numbers = z.array(z.number());
const strings = z.array(z.string());

function batchOfRow(row: Row): RoutingBatch {
  const texts = strings.parse(JSON.parse(String(row['texts'])));
  return unpacked(blob(row['cells']), shapeOf(row), texts);
}

function shapeOf(row: Row) {
  return {
    layers: numbers.parse(JSON.parse(String(row['layers']))),
    expertCount: Number(row['expert_count']),
    usedCount: Number(row['used_count']),
  };
}

function blob(value: Row[string] | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array();
}
