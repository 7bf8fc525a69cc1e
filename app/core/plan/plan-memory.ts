/** What is remembered of a model's placement: what a person fixed, and how fast it last was. */
import { placement as placementSchema, planWishes } from '../../contract/plans.ts';
import type { Placement, PlanWishes } from '../../contract/plans.ts';
import type { Model } from '../../contract/models.ts';
import type { Database } from '../database/database.ts';
import { machineKey, modelKey } from '../models/model-key.ts';
import type { MeasuredSpeed } from './speed.ts';

export class PlanMemory {
  readonly #database: Database;
  readonly #machine: string;

  constructor(database: Database, machine: string = machineKey()) {
    this.#database = database;
    this.#machine = machine;
  }

  /** What the person fixed; empty: nothing. */
  wishes(model: Model): PlanWishes {
    const sql = 'SELECT wishes FROM placement_wishes WHERE model = ?';
    const row = this.#database.row(sql, modelKey(model));
    return row ? planWishes.parse(JSON.parse(String(row['wishes']))) : {};
  }

  keepWishes(model: Model, wishes: PlanWishes): void {
    if (Object.keys(wishes).length === 0) {
      this.#database.run('DELETE FROM placement_wishes WHERE model = ?', modelKey(model));
      return;
    }
    this.#database.run(
      'INSERT OR REPLACE INTO placement_wishes VALUES (?, ?)',
      modelKey(model),
      JSON.stringify(wishes),
    );
  }

  /** The last speed on this machine; null: none. */
  measured(model: Model): MeasuredSpeed | null {
    const sql = 'SELECT * FROM measured_speeds WHERE model = ? AND machine = ?';
    const row = this.#database.row(sql, modelKey(model), this.#machine);
    if (!row) return null;
    return {
      placement: placementSchema.parse(JSON.parse(String(row['placement']))),
      tokensPerSecond: Number(row['tokens_per_second']),
    };
  }

  rememberSpeed(model: Model, placement: Placement, tokensPerSecond: number): void {
    this.#database.run(
      'INSERT OR REPLACE INTO measured_speeds VALUES (?, ?, ?, ?, ?)',
      modelKey(model),
      this.#machine,
      JSON.stringify(placement),
      tokensPerSecond,
      Date.now(),
    );
  }
}
