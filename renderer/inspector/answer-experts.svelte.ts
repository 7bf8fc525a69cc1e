/** Counts and record of the answer that the inspector looks at. */
import type { RoutingCounts } from '../../app/contract/routing.ts';
import type { CoreAccess } from '../session/core.ts';
import { DecodedRecord } from './decoded-record.ts';

export class AnswerExperts {
  /** Null where the answer has no record. */
  counts = $state.raw<RoutingCounts | null>(null);
  record = $state.raw<DecodedRecord | null>(null);
  readonly #session: CoreAccess;
  #wanted = '';

  constructor(session: CoreAccess) {
    this.#session = session;
  }

  /** Fetches the sums; what is there stays in view until they have come. */
  async count(answerId: string, over: 'answer' | 'chat' | 'ever'): Promise<void> {
    const wanted = `${answerId} ${over}`;
    this.#wanted = wanted;
    try {
      const counts = await this.#session.core.routing.counts({ answerId, over });
      if (this.#wanted === wanted) this.counts = counts;
    } catch {
      // The connection is opened again by itself, and this is asked again with the next change.
    }
  }

  /** Fetches which experts took each token. */
  async read(answerId: string): Promise<void> {
    try {
      const routing = await this.#session.core.routing.ofAnswer({ answerId });
      this.record = routing.state === 'recorded' ? new DecodedRecord(routing.record) : null;
    } catch {
      this.record = null;
    }
  }
}
