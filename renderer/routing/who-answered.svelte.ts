/** Which experts worked on an answer, on its chat, or ever; and on one token of it. */
import { getLocale } from '../../app/words/generated/runtime.js';
import type { RoutingCounts, RoutingRecord } from '../../app/contract/routing.ts';
import { formatDecimal } from '../../app/words/numbers.ts';
import type { CoreAccess } from '../session/core.ts';
import { busiest, choicesOfToken, tokenShares, type ExpertShare } from './expert-shares.ts';

/** While an answer grows, its sums are asked for this often, in ms. */
const askEveryMs = 1000;

export type CountsOver = 'answer' | 'chat' | 'ever';

export class WhoAnswered {
  over = $state<CountsOver>('answer');
  counts = $state.raw<RoutingCounts | null>(null);
  /** False until the first reply. */
  hasCounted = $state(false);
  /** The expert that is pointed at; null: the busiest one is told of. */
  pointed = $state<number | null>(null);
  readonly #core: CoreAccess;
  #record = $state.raw<RoutingRecord | null>(null);
  #chosenLayer = $state<number | null>(null);
  #askedFor = '';
  #askedAt = 0;

  readonly layers = $derived(this.counts?.layers ?? []);
  /** The middle layer until another one is chosen. */
  readonly layerIndex = $derived(
    Math.min(this.#chosenLayer ?? Math.floor(this.layers.length / 2), this.layers.length - 1),
  );
  readonly layer = $derived(this.layers[this.layerIndex] ?? 0);
  readonly shares: readonly number[] = $derived(
    this.counts ? tokenShares(this.counts, this.layerIndex) : [],
  );
  readonly ranked = $derived(busiest(this.shares));
  /** The expert of whom the sentence tells. */
  readonly told: ExpertShare | null = $derived(
    this.pointed === null
      ? (this.ranked[0] ?? null)
      : { expert: this.pointed, share: this.shares[this.pointed] ?? 0 },
  );

  constructor(core: CoreAccess) {
    this.#core = core;
  }

  chooseLayer(index: number): void {
    this.#chosenLayer = index;
    this.pointed = null;
  }

  /** The experts of a token in all layers. */
  choicesOf(token: number) {
    return this.#record ? choicesOfToken(this.#record, token) : [];
  }

  /** Call it in an effect; `tokens` of the answer so far. */
  followCounts(answerId: string | null, tokens: number): () => void {
    const question = JSON.stringify([answerId, this.over]);
    const isNew = question !== this.#askedFor;
    if (isNew && answerId === null) this.counts = null;
    if (answerId === null || tokens === 0) {
      this.#askedFor = '';
      return () => undefined;
    }
    const { over } = this;
    const wait = isNew ? 0 : Math.max(0, this.#askedAt + askEveryMs - performance.now());
    const timer = setTimeout(() => {
      this.#askedFor = question;
      this.#askedAt = performance.now();
      void this.#ask((core) => core.routing.counts({ answerId, over })).then((counts) => {
        if (this.#askedFor !== question) return;
        this.counts = counts;
        this.hasCounted = true;
      });
    }, wait);
    return () => clearTimeout(timer);
  }

  /** Call it in an effect; null: no token is chosen. */
  followRecord(answerId: string | null): () => void {
    let stale = false;
    this.#record = null;
    if (answerId !== null) {
      void this.#ask((core) => core.routing.ofAnswer({ answerId })).then((found) => {
        if (!stale) this.#record = found?.state === 'recorded' ? found.record : null;
      });
    }
    return () => {
      stale = true;
    };
  }

  async #ask<Answer>(question: (core: CoreAccess['core']) => Promise<Answer>) {
    try {
      return await question(this.#core.core);
    } catch {
      return null;
    }
  }
}

/** A share in percent; little is more than nothing. */
export function percentOf(share: number): string {
  const percent = share * 100;
  return formatDecimal(percent, percent > 0 && percent < 1 ? 1 : 0, getLocale());
}
