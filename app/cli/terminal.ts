/** The terminal: answers and documents go to stdout, everything else to stderr. */
import type { ErrorFacts } from '../contract/errors.ts';
import { errorSentence } from '../words/error-sentence.ts';
import type { Locale } from '../words/locale.ts';

export class Terminal {
  readonly locale: Locale;
  /** True when one JSON document is wanted instead of text. */
  readonly json: boolean;
  #progressShown = false;

  constructor(locale: Locale, json: boolean) {
    this.locale = locale;
    this.json = json;
  }

  /** Writes to stdout. */
  print(text: string): void {
    this.clearProgress();
    process.stdout.write(text);
  }

  document(value: unknown): void {
    this.print(`${JSON.stringify(value, null, process.stdout.isTTY ? 2 : undefined)}\n`);
  }

  /** A line on stderr. */
  note(text: string): void {
    this.clearProgress();
    process.stderr.write(`${text}\n`);
  }

  /** A line that the next one replaces; only where somebody watches. */
  progress(text: string): void {
    if (!process.stderr.isTTY) return;
    process.stderr.write(`\r\u001B[2K${text}`);
    this.#progressShown = true;
  }

  clearProgress(): void {
    if (this.#progressShown) process.stderr.write('\r\u001B[2K');
    this.#progressShown = false;
  }

  /** What happened and what to do. */
  error(facts: ErrorFacts): void {
    const { happened, todo } = errorSentence(facts, this.locale);
    this.note(`${happened}\n${todo}`);
  }
}
