/** The plan of the model that a question goes to, made anew when the model is loaded or unloaded. */
import { untrack } from 'svelte';
import type { Model } from '../../app/contract/models.ts';
import type { Plan } from '../../app/contract/plans.ts';
import type { Session } from '../session/session.svelte.ts';
import { placesOf } from './places.ts';

export class ModelPlan {
  plan = $state.raw<Plan | null>(null);
  readonly #session: Session;
  readonly model: Model | null = $derived.by(() => this.#session.models.chosen);
  readonly #engine = $derived.by(() => {
    const { engine } = this.#session.models;
    return 'modelId' in engine && engine.modelId === this.model?.id ? engine : null;
  });
  readonly loaded = $derived(this.#engine?.state === 'ready' ? this.#engine.loaded : null);
  readonly places = $derived(this.plan ? placesOf(this.plan, this.loaded?.memory ?? null) : []);
  /** How much of the weights has been read, 0 to 1; 1 while nothing is being read. */
  readonly part = $derived(
    this.#engine?.state === 'loading' && this.#engine.step === 'reading'
      ? this.#engine.progress
      : 1,
  );

  readonly #id = $derived(this.model?.state === 'ready' ? this.model.id : null);
  readonly #isLoaded = $derived(this.loaded !== null);

  constructor(session: Session) {
    this.#session = session;
  }

  /** Call it in an effect: a load changes what is available, so the plan is asked for once more. */
  follow(): () => void {
    let stale = false;
    void this.#ask(this.#id, this.#isLoaded).then((plan) => {
      if (!stale) this.plan = plan;
    });
    return () => {
      stale = true;
    };
  }

  /** What is wrong with a model is told where it is chosen; one that runs keeps its plan. */
  async #ask(id: string | null, isLoaded: boolean): Promise<Plan | null> {
    if (id === null) return null;
    try {
      return await this.#session.core.plans.ofModel({ id });
    } catch {
      return isLoaded ? untrack(() => this.plan) : null;
    }
  }
}
