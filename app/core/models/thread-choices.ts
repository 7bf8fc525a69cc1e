/**
 * Remembers the number of threads that was fastest for a model on this machine, so that it is
 * measured once only.
 */
import { createHash } from 'node:crypto';
import { arch, cpus, platform } from 'node:os';
import type { Model } from '../../contract/models.ts';
import type { Database } from '../database/database.ts';

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

/** A changed file is another model; a moved one is not. */
function modelKey({ path, bytes }: Model): string {
  return `${path.split(/[\\/]/).at(-1) ?? path} ${bytes}`;
}

/** The same for the same processor, number of cores and system. */
function machineKey(): string {
  const processors = cpus();
  const facts = [platform(), arch(), processors.length, processors[0]?.model ?? ''];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
}
