/**
 * Remembers the number of threads that was fastest for a model on this machine, so that it is
 * measured once only.
 */
import type { Model } from '../../contract/models.ts';
import type { Database } from '../database/database.ts';
import { machineKey, modelKey } from './model-key.ts';

export class ThreadChoices {
  readonly #database: Database;
  readonly #machine: string;

  constructor(database: Database, machine: string = machineKey()) {
    this.#database = database;
    this.#machine = machine;
  }

  /** The remembered number; null if this model was never measured here. */
  get(model: Model): number | null {
    const sql = 'SELECT threads FROM thread_choices WHERE model = ? AND machine = ?';
    const row = this.#database.row(sql, modelKey(model), this.#machine);
    return row ? Number(row['threads']) : null;
  }

  remember(model: Model, threads: number): void {
    this.#database.run(
      'INSERT OR REPLACE INTO thread_choices VALUES (?, ?, ?, ?)',
      modelKey(model),
      this.#machine,
      threads,
      Date.now(),
    );
  }
}
