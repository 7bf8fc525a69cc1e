/**
 * What a person fixes of a model's placement while they try it out: the plan follows each change,
 * and nothing is kept before it is applied.
 */
import type { Plan, PlanWishes, Placement } from '../../app/contract/plans.ts';
import { attempt } from '../session/notice.svelte.ts';
import type { CoreAccess } from '../session/core.ts';
import { PlanOfModel } from './plan-of-model.svelte.ts';

/** Sliders move faster than anybody reads. */
const settleMs = 60;

export class PlacementWishes {
  readonly asked: PlanOfModel;
  readonly plan: Plan | null = $derived.by(() => this.asked.plan);
  /** What is fixed now; null until the plan told what was kept before. */
  #changed = $state.raw<PlanWishes | null>(null);
  readonly wishes: PlanWishes = $derived(this.#changed ?? wishesOf(this.plan));
  /** True while there is something that was not applied yet. */
  readonly dirty: boolean = $derived(this.#changed !== null);
  readonly #session: CoreAccess;
  readonly #id: string;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(session: CoreAccess, id: string) {
    this.#session = session;
    this.#id = id;
    this.asked = new PlanOfModel(session);
  }

  /** Asks for the plan as it stands; again after the machine changed. */
  refresh(): void {
    void this.asked.ask(this.#id, this.#changed ?? {});
  }

  isFixed(field: keyof Placement): boolean {
    return field in this.wishes;
  }

  fix(change: Partial<Placement>): void {
    const { expertUsedCount, ...rest } = change;
    const experts = expertUsedCount === undefined ? {} : { expertUsedCount };
    this.#changed = { ...this.wishes, ...rest, ...experts };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.refresh(), settleMs);
  }

  /** Leaves one thing to the plan again. */
  async free(field: keyof Placement): Promise<void> {
    const rest = Object.fromEntries(
      Object.entries(this.wishes).filter(([name]) => name !== field),
    ) as PlanWishes;
    if (Object.keys(rest).length === 0) return this.reset();
    this.#changed = rest;
    this.refresh();
  }

  /** Forgets all that was fixed, now and earlier. */
  async reset(): Promise<void> {
    this.#changed = null;
    await attempt(() => this.#session.core.plans.keepWishes({ id: this.#id, wishes: {} }));
    await this.asked.ask(this.#id, {});
  }

  /** Keeps what is fixed for this and every later load; false when that failed. */
  async keep(): Promise<boolean> {
    const wishes = this.wishes;
    const kept = await attempt(() => this.#session.core.plans.keepWishes({ id: this.#id, wishes }));
    if (kept === undefined) return false;
    this.#changed = null;
    this.refresh();
    return true;
  }
}

/** What a person fixed earlier: a plan names it among its reasons. */
export function wishesOf(plan: Plan | null): PlanWishes {
  if (!plan) return {};
  const fixed = plan.reasons
    .filter(({ code }) => code === 'fixedByPerson')
    .map(({ data }) => String(data['field']))
    .filter((field): field is keyof Placement => Object.hasOwn(plan.placement, field));
  return Object.fromEntries(fixed.map((field) => [field, plan.placement[field]]));
}
