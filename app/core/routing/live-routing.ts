/**
 * The experts of an answer while it is written: tells of each bar of the strip at once and saves at
 * latest each second. Belongs to a `LiveAnswer`, which also tells of a disk that is full: here what
 * can't be saved is kept and tried again in silence.
 */
import type { AnsweringModel } from '../../contract/models.ts';
import type { RoutingAbsence, RoutingRecord, StripToken } from '../../contract/routing.ts';
import { choicesOf, joined, type ExpertChoices } from './expert-choices.ts';
import { noCounts, withChoices, type ExpertCounts } from './expert-counts.ts';
import { keepStrongest } from './packed-choices.ts';
import { nothingRare, rareExperts, type RareExperts } from './rare-experts.ts';
import { StripWriter } from './strip-writer.ts';

/** A crash loses at most this much of a record. */
const saveEveryMs = 1000;

/** Where a live record goes. */
export interface LiveRoutingPlaces {
  saveAbsence(reason: RoutingAbsence): void;
  append(model: AnsweringModel, choices: ExpertChoices): void;
  /** Sums over everything that the model answered before and what was appended. */
  ever(model: AnsweringModel, choices: ExpertChoices): ExpertCounts | null;
  publish(tokens: StripToken[]): void;
  /** Is called once everything of a finished record is saved. */
  onSaved(): void;
}

export class LiveRouting {
  readonly #places: LiveRoutingPlaces;
  readonly #writer = new StripWriter();
  #model: AnsweringModel | undefined;
  #absence: RoutingAbsence | undefined;
  #absenceSaved = false;
  #unsaved: ExpertChoices[] = [];
  readonly #strip: StripToken[] = [];
  #rare: RareExperts | undefined;
  #timer: NodeJS.Timeout | undefined;
  #finished = false;

  constructor(places: LiveRoutingPlaces) {
    this.#places = places;
  }

  /** Why there will be no record; undefined while there may be one. */
  get absence(): RoutingAbsence | undefined {
    return this.#absence;
  }

  /** All bars so far. */
  get strip(): StripToken[] {
    return [...this.#strip];
  }

  /** The choices that are not in the database yet. */
  get unsaved(): ExpertChoices | null {
    return joined(this.#unsaved);
  }

  /** The answer begins; `absence` says why nothing will be added. */
  begin(model: AnsweringModel, absence: RoutingAbsence | null): void {
    this.#model = model;
    if (absence === null) return;
    this.#absence = absence;
    this.#saveNow();
  }

  add(record: RoutingRecord): void {
    const choices = keepStrongest(choicesOf(record));
    this.#unsaved.push(choices);
    this.#rare ??= this.#rareNow(choices);
    const tokens = this.#writer.next(choices, this.#rare);
    this.#strip.push(...tokens);
    this.#places.publish(tokens);
    this.#saveSoon();
  }

  /** Nothing more is added. What can't be saved now is tried again until it can be. */
  finish(): void {
    this.#finished = true;
    this.#saveNow();
  }

  /** Saves what there is and stops trying. The answer's own text reports a disk that fails. */
  close(): void {
    this.finish();
    clearTimeout(this.#timer);
  }

  #saveSoon(): void {
    this.#timer ??= setTimeout(() => this.#saveNow(), saveEveryMs);
  }

  #saveNow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      this.#save();
    } catch {
      // Any failure to save is worth another try: disks are freed, locks released.
      this.#saveSoon();
      return;
    }
    if (this.#finished) this.#places.onSaved();
  }

  #save(): void {
    if (this.#absence !== undefined && !this.#absenceSaved) {
      this.#places.saveAbsence(this.#absence);
      this.#absenceSaved = true;
    }
    const choices = this.unsaved;
    if (choices === null || this.#model === undefined) return;
    this.#places.append(this.#model, choices);
    this.#unsaved = [];
    // The newly counted tokens may have made another expert rare, or an expert no longer so.
    this.#rare = undefined;
  }

  #rareNow(choices: ExpertChoices): RareExperts {
    if (this.#model === undefined) return nothingRare;
    const before = this.#places.ever(this.#model, choices) ?? noCounts(choices.shape);
    return rareExperts(withChoices(before, choices));
  }
}
