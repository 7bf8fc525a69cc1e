/** The routing of one answer while it is written: at most a second ahead of the database. */
import type { RoutingRecord, StripToken } from '../../contract/routing.ts';
import { ExpertCounts } from './expert-counts.ts';
import { asKept } from './packed-routing.ts';
import { rareExperts } from './rare-experts.ts';
import { batchOf, joined, type RoutingBatch } from './routing-batch.ts';
import type { RoutingStore } from './routing-store.ts';
import { stripTokens } from './strip-tokens.ts';

/** Rare experts are looked for anew after this many tokens: it takes longer than a bar. */
const rareEveryTokens = 64;

export class AnswerRecording {
  readonly #store: RoutingStore;
  readonly #answerId: string;
  readonly #modelId: string;
  #counts: ExpertCounts | null;
  #unsaved: RoutingBatch[] = [];
  #told = 0;
  #rare: Uint8Array | null = null;
  #rareAt = -rareEveryTokens;

  constructor(store: RoutingStore, answerId: string, modelId: string) {
    this.#store = store;
    this.#answerId = answerId;
    this.#modelId = modelId;
    this.#counts = store.counts(modelId);
  }

  /** What of the record is not on the disk yet. */
  get unsaved(): readonly RoutingBatch[] {
    return this.#unsaved;
  }

  /** The counts ever of the answer's model, this answer included. */
  get counts(): ExpertCounts | null {
    return this.#counts;
  }

  /** Takes further tokens; gives their bars and the place of the first one. */
  add(record: RoutingRecord): { from: number; tokens: StripToken[] } {
    const batch = asKept(batchOf(record));
    // Another file under the same name: what was counted belongs to other experts.
    if (!this.#counts?.fits(batch)) this.#counts = new ExpertCounts(batch);
    this.#counts.add(batch);
    this.#unsaved.push(batch);
    if (this.#told - this.#rareAt >= rareEveryTokens) {
      this.#rare = rareExperts(this.#counts);
      this.#rareAt = this.#told;
    }
    const from = this.#told;
    this.#told += batch.texts.length;
    return { from, tokens: stripTokens(batch, this.#rare) };
  }

  /** Writes what is new. What could not be written stays for the next time. */
  save(): void {
    const batch = joined(this.#unsaved);
    if (!batch || !this.#counts) return;
    this.#store.append(this.#answerId, batch, this.#modelId, this.#counts);
    this.#unsaved = [];
  }
}
