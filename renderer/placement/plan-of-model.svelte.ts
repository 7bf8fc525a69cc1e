/** A plan as it was asked for last; an older answer never takes the place of a newer one. */
import { errorFactsOf, type ErrorFacts } from '../../app/contract/errors.ts';
import type { Plan, PlanWishes } from '../../app/contract/plans.ts';
import type { CoreAccess } from '../session/core.ts';

export class PlanOfModel {
  plan = $state.raw<Plan | null>(null);
  error = $state.raw<ErrorFacts | null>(null);
  readonly #session: CoreAccess;
  #asked = 0;

  constructor(session: CoreAccess) {
    this.#session = session;
  }

  /** The plan that is there stays in view until the new one has come. */
  async ask(id: string, wishes: PlanWishes): Promise<void> {
    this.#asked += 1;
    const question = this.#asked;
    try {
      const plan = await this.#session.core.plans.ofModel({ id, wishes });
      if (question !== this.#asked) return;
      this.plan = plan;
      this.error = null;
    } catch (thrown) {
      if (question === this.#asked) this.error = errorFactsOf(thrown);
    }
  }
}
