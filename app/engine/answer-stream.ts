/**
 * Takes the raw stream of a model apart: what it thinks, what it answers, and the markup between the
 * two, which nobody should see. Pure.
 */
import type { Delta } from './delta-gatherer.ts';

/** Markup of a model's stream, and what follows after it. */
export interface Marker {
  readonly text: string;
  readonly means: 'thought' | 'answer' | 'nothing' | 'end';
}

/** How a model marks its stream. */
export interface AnswerMarkup {
  readonly markers: readonly Marker[];
  /** True where the prompt itself ends with the beginning of a thought. */
  readonly beginsWithThought: boolean;
}

export class AnswerStream {
  readonly #markers: readonly Marker[];
  #thinking: boolean;
  /** Text that may be the beginning of a marker. */
  #held = '';
  #atSectionStart = true;
  #ended = false;

  constructor({ markers, beginsWithThought }: AnswerMarkup) {
    this.#markers = markers;
    this.#thinking = beginsWithThought;
  }

  /** True once a marker ended the answer; what comes after it is dropped. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Takes the next token's text; `control` tokens that belong to no marker are dropped. */
  push(piece: string, control: boolean): Delta {
    if (control && !this.#markers.some(({ text }) => text.includes(piece))) return nothing;
    this.#held += piece;
    const out = { text: '', reasoning: '' };
    for (let found = this.#firstMarker(); found && !this.#ended; found = this.#firstMarker()) {
      this.#emit(this.#held.slice(0, found.at), out);
      this.#held = this.#held.slice(found.at + found.marker.text.length);
      this.#pass(found.marker);
    }
    if (this.#ended) {
      this.#held = '';
      return out;
    }
    const keep = this.#possibleMarkerLength();
    this.#emit(this.#held.slice(0, this.#held.length - keep), out);
    this.#held = this.#held.slice(this.#held.length - keep);
    return out;
  }

  /** What was held back in case a marker would come of it. */
  rest(): Delta {
    const out = { text: '', reasoning: '' };
    this.#emit(this.#held, out);
    this.#held = '';
    return out;
  }

  #pass({ means }: Marker): void {
    if (means === 'end') this.#ended = true;
    if (means === 'thought' || means === 'answer') {
      this.#thinking = means === 'thought';
      this.#atSectionStart = true;
    }
  }

  /** Line breaks around markup are part of it. */
  #emit(text: string, out: { text: string; reasoning: string }): void {
    const shown = this.#atSectionStart ? text.trimStart() : text;
    if (shown === '') return;
    this.#atSectionStart = false;
    if (this.#thinking) out.reasoning += shown;
    else out.text += shown;
  }

  #firstMarker(): { marker: Marker; at: number } | undefined {
    const found = this.#markers
      .map((marker) => ({ marker, at: this.#held.indexOf(marker.text) }))
      .filter(({ at }) => at !== -1);
    return found.toSorted((a, b) => a.at - b.at || b.marker.text.length - a.marker.text.length)[0];
  }

  /** Length of the longest end of the held text that a marker begins with. */
  #possibleMarkerLength(): number {
    const longest = Math.max(0, ...this.#markers.map(({ text }) => text.length - 1));
    for (let length = Math.min(longest, this.#held.length); length > 0; length -= 1) {
      const end = this.#held.slice(-length);
      if (this.#markers.some(({ text }) => text.startsWith(end))) return length;
    }
    return 0;
  }
}

const nothing: Delta = { text: '', reasoning: '' };
