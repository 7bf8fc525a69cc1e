import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Database, setAside } from '../../../app/core/database/database.ts';
import { migrations } from '../../../app/core/database/migrations.ts';
import { temporaryHome } from './temporary-home.ts';

describe('the database', () => {
  it('is created with the form of today and opened again', () => {
    const { database: path } = temporaryHome();
    Database.open(path)[Symbol.dispose]();
    using database = Database.open(path);
    expect(database.row('PRAGMA user_version')).toEqual({ user_version: migrations.length });
    expect(database.row('PRAGMA journal_mode')).toEqual({ journal_mode: 'wal' });
  });

  it('leaves a file that is not a database exactly as it is', () => {
    const { database: path } = temporaryHome();
    writeFileSync(path, 'These are my notes, not a database. '.repeat(100));
    const before = readFileSync(path);
    expect(() => Database.open(path)).toThrow(
      expect.objectContaining({ code: 'databaseDamaged', data: { path } }),
    );
    expect(readFileSync(path)).toEqual(before);
  });

  it('recognises a database that lost its end', () => {
    const { database: path } = temporaryHome();
    const database = Database.open(path);
    database.run("INSERT INTO settings VALUES ('filler', ?)", 'x'.repeat(200_000));
    database[Symbol.dispose]();
    truncateSync(path, 60_000);
    expect(() => Database.open(path)).toThrow(expect.objectContaining({ code: 'databaseDamaged' }));
  });

  it('leaves a database of a newer version as it is', () => {
    const { database: path } = temporaryHome();
    const newer = [...migrations, 'CREATE TABLE future (id)'];
    Database.open(path, newer)[Symbol.dispose]();
    const before = readFileSync(path);
    expect(() => Database.open(path)).toThrow(
      expect.objectContaining({ code: 'databaseNewer', data: { path, version: newer.length } }),
    );
    expect(readFileSync(path)).toEqual(before);
  });

  it('keeps a copy before it brings an old form to a new one', () => {
    const { database: path } = temporaryHome();
    const old = Database.open(path);
    old.run("INSERT INTO settings VALUES ('theme', '\"dark\"')");
    old[Symbol.dispose]();
    using database = Database.open(path, [...migrations, 'DELETE FROM settings']);
    using copy = Database.open(`${path}.before-version-${migrations.length + 1}`);
    expect(database.rows('SELECT * FROM settings')).toEqual([]);
    expect(copy.rows('SELECT name FROM settings')).toEqual([{ name: 'theme' }]);
  });

  it('does a step of the migration wholly or not at all', () => {
    const { database: path } = temporaryHome();
    Database.open(path)[Symbol.dispose]();
    const broken = [...migrations, 'CREATE TABLE half (id); CREATE TABLE half (id)'];
    expect(() => Database.open(path, broken)).toThrow();
    using database = Database.open(path);
    expect(database.rows("SELECT name FROM sqlite_schema WHERE name = 'half'")).toEqual([]);
  });

  it('keeps what it had when the disk is full', () => {
    const { database: path } = temporaryHome();
    using database = Database.open(path);
    database.run("INSERT INTO settings VALUES ('theme', '\"dark\"')");
    const pages = Number(database.row('PRAGMA page_count')?.['page_count']);
    database.row(`PRAGMA max_page_count = ${pages}`);
    const tooMuch = () =>
      database.transaction(() => {
        database.run("INSERT INTO settings VALUES ('a', 'b')");
        database.run("INSERT INTO settings VALUES ('long', ?)", 'x'.repeat(100_000));
      });
    expect(tooMuch).toThrow(expect.objectContaining({ code: 'diskFull', data: { path } }));
    expect(database.rows('SELECT name FROM settings')).toEqual([{ name: 'theme' }]);
  });

  it('says that a folder which is a file cannot hold it', () => {
    const { database: path } = temporaryHome();
    writeFileSync(path, '');
    expect(() => Database.open(`${path}/moewe.db`)).toThrow(
      expect.objectContaining({ code: 'diskNotWritable' }),
    );
  });

  it('can be set aside with all it holds, making room for an empty one', () => {
    const { database: path } = temporaryHome();
    writeFileSync(path, 'not a database, but mine');
    const keptAs = setAside(path, new Date('2026-01-02T03:04:05Z'));
    expect(existsSync(path)).toBe(false);
    expect(readFileSync(keptAs, 'utf8')).toBe('not a database, but mine');
    Database.open(path)[Symbol.dispose]();
  });
});
