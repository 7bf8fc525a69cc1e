/**
 * Opens the one SQLite file of a home: checks that it can be read, brings it to the form of today
 * (with a copy kept of what it was), and turns SQLite's failures into errors that a person can act
 * on. A file that can't be opened is never changed.
 */
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';
import { MoeweError } from '../../contract/errors.ts';
import { diskError } from '../disk-error.ts';
import { migrations, type Migration } from './migrations.ts';
import { sqliteError } from './sqlite-error.ts';

/** A row as SQLite gives it; stores check it with their own schema. */
export type Row = Record<string, SQLOutputValue>;

/** A database larger than this is not checked page by page at every start. */
const quickCheckLimitBytes = 64 * 1024 * 1024;

/** The open database of a home. */
export class Database implements Disposable {
  readonly path: string;
  readonly #connection: DatabaseSync;

  private constructor(path: string, connection: DatabaseSync) {
    this.path = path;
    this.#connection = connection;
  }

  /**
   * Opens or creates the file. Errors: `databaseDamaged`, `databaseNewer`, `databaseBusy`,
   * `diskFull`, `diskNotWritable`, `runtimeTooOld`.
   */
  static open(path: string, steps: readonly Migration[] = migrations): Database {
    let connection: DatabaseSync | undefined;
    try {
      mkdirSync(dirname(path), { recursive: true });
      connection = new DatabaseSync(path, { timeout: 5000 });
      requireFullTextSearch(connection);
      checkReadable(connection, path);
      const version = versionOf(connection);
      if (version > steps.length) throw new MoeweError('databaseNewer', { path, version });
      connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
      connection.exec('PRAGMA foreign_keys = ON;');
      migrate(connection, path, version, steps);
      return new Database(path, connection);
    } catch (thrown) {
      connection?.close();
      throw sqliteError(diskError(thrown, path), path);
    }
  }

  /** Runs a statement that gives no rows; returns how many rows it changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return this.#guard(() => Number(this.#connection.prepare(sql).run(...values).changes));
  }

  /** All rows of a query. */
  rows(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#guard(() => this.#connection.prepare(sql).all(...values));
  }

  /** The first row of a query. */
  row(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#guard(() => this.#connection.prepare(sql).get(...values));
  }

  /** Runs `change` as a whole or not at all. */
  transaction<Result>(change: () => Result): Result {
    return this.#guard(() => {
      this.#connection.exec('BEGIN IMMEDIATE');
      try {
        const result = change();
        this.#connection.exec('COMMIT');
        return result;
      } catch (thrown) {
        // SQLite has already rolled back after some failures, a full disk among them.
        if (this.#connection.isTransaction) this.#connection.exec('ROLLBACK');
        throw thrown;
      }
    });
  }

  [Symbol.dispose](): void {
    if (this.#connection.isOpen) this.#connection.close();
  }

  #guard<Result>(action: () => Result): Result {
    try {
      return action();
    } catch (thrown) {
      throw sqliteError(thrown, this.path);
    }
  }
}

/**
 * Moves an unreadable database out of the way, with its journal, so that an empty one can take its
 * place. Returns where it is kept.
 */
export function setAside(path: string, now: Date): string {
  const stamp = now.toISOString().replaceAll(/[:.]/g, '-');
  const keptAs = `${path}.kept-${stamp}`;
  try {
    renameSync(path, keptAs);
    for (const suffix of ['-wal', '-shm']) {
      if (existsSync(path + suffix)) renameSync(path + suffix, keptAs + suffix);
    }
    return keptAs;
  } catch (thrown) {
    throw diskError(thrown, path);
  }
}

function requireFullTextSearch(connection: DatabaseSync): void {
  const option = connection
    .prepare("SELECT sqlite_compileoption_used('ENABLE_FTS5') AS found")
    .get();
  if (option?.['found'] === 1) return;
  const runtime = process.versions.electron
    ? `Electron ${process.versions.electron}`
    : `Node.js ${process.versions.node}`;
  throw new MoeweError('runtimeTooOld', { runtime });
}

function checkReadable(connection: DatabaseSync, path: string): void {
  connection.prepare('SELECT count(*) FROM sqlite_schema').get();
  if (statSync(path).size > quickCheckLimitBytes) return;
  const verdict = connection.prepare('PRAGMA quick_check(1)').get();
  if (verdict?.['quick_check'] !== 'ok') throw new MoeweError('databaseDamaged', { path });
}

function versionOf(connection: DatabaseSync): number {
  return Number(connection.prepare('PRAGMA user_version').get()?.['user_version']);
}

function migrate(
  connection: DatabaseSync,
  path: string,
  version: number,
  steps: readonly Migration[],
): void {
  if (version === steps.length) return;
  if (version > 0) keepCopy(connection, path, version);
  for (const [index, step] of steps.entries()) {
    if (index < version) continue;
    connection.exec(`BEGIN IMMEDIATE; ${step}; PRAGMA user_version = ${index + 1}; COMMIT;`);
  }
}

/** `VACUUM INTO` writes a consistent copy, journal included (sqlite.org/lang_vacuum.html). */
function keepCopy(connection: DatabaseSync, path: string, version: number): void {
  const copy = `${path}.before-version-${version + 1}`;
  rmSync(copy, { force: true });
  connection.prepare('VACUUM INTO ?').run(copy);
}
