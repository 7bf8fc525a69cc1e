/** The person's choices in the database; what was never chosen has its default. */
import { settings, type Settings } from '../../contract/settings.ts';
import type { Database } from '../database/database.ts';
import { Topic } from '../topic.ts';

/** What is changed; absent fields stay as they are. */
export type SettingsChange = { readonly [Name in keyof Settings]?: Settings[Name] | undefined };

export class SettingsStore {
  readonly changes = new Topic<Settings>();
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** A stored value that does not pass its check any more counts as never chosen. */
  get(): Settings {
    const stored: Record<string, unknown> = {};
    for (const row of this.#database.rows('SELECT name, value FROM settings')) {
      const name = String(row['name']);
      if (!Object.hasOwn(settings.shape, name)) continue;
      const checked = settings.shape[name as keyof Settings].safeParse(
        JSON.parse(String(row['value'])),
      );
      if (checked.success) stored[name] = checked.data;
    }
    return settings.parse(stored);
  }

  /** The settings now and after each change. */
  watch(signal: AbortSignal): AsyncIterableIterator<Settings, void> {
    return this.changes.follow([this.get()], signal);
  }

  change(change: SettingsChange): Settings {
    this.#database.transaction(() => {
      for (const [name, value] of Object.entries(change)) {
        if (value === undefined) continue;
        const sql = 'INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)';
        this.#database.run(sql, name, JSON.stringify(value));
      }
    });
    const changed = this.get();
    this.changes.publish(changed);
    return changed;
  }
}
