/**
 * What happened, for the day when something goes wrong: one JSON document a line, in the home's
 * `logs/`. Never holds a prompt, an answer or an attachment.
 */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

const rotateAtBytes = 1024 * 1024;

/** Something worth remembering. */
export interface LogEntry {
  readonly event: 'defect' | 'engineExit' | 'start';
  /** Technical, in English. */
  readonly detail: string;
}

/** Writes entries to `moewe.log` in `folder`; the file before it is kept as `moewe.1.log`. */
export class Log {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A log that can't be written must not end anything else: such an entry is dropped. */
  write(entry: LogEntry): void {
    const file = join(this.#folder, 'moewe.log');
    try {
      mkdirSync(this.#folder, { recursive: true });
      const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      if (bytes > rotateAtBytes) renameSync(file, join(this.#folder, 'moewe.1.log'));
      appendFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), ...entry })}\n`);
    } catch {
      return;
    }
  }
}
