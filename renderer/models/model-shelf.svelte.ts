/** The models as the core tells them, and what can be done with them. */
import { errorFactsOf } from '../../app/contract/errors.ts';
import type { EngineState, Model, ModelsSnapshot } from '../../app/contract/models.ts';
import { attempt, notice } from '../session/notice.svelte.ts';
import { route } from '../session/route.svelte.ts';
import type { Core, CoreAccess } from '../session/core.ts';

export class ModelShelf {
  snapshot = $state.raw<ModelsSnapshot | null>(null);
  readonly all: readonly Model[] = $derived(this.snapshot?.models ?? []);
  readonly engine: EngineState = $derived(this.snapshot?.engine ?? { state: 'empty' });
  /** The model that a question goes to: the one that is being loaded on request, or the chosen. */
  readonly chosen: Model | null = $derived(this.#find(this.snapshot?.chosenId) ?? null);
  /** True while nothing but the starter model is there. */
  readonly onlyStarter: boolean = $derived(
    this.all.length > 0 && this.all.every(({ builtIn }) => builtIn),
  );
  readonly #session: CoreAccess;

  constructor(session: CoreAccess) {
    this.#session = session;
  }

  async follow(core: Core): Promise<void> {
    for await (const snapshot of core.models.watch()) this.snapshot = snapshot;
  }

  /** Loads a model. In the Models view the reason of a failure stands at the model itself. */
  async choose(id: string): Promise<void> {
    try {
      await this.#session.core.models.choose({ id });
    } catch (thrown) {
      const atModel = /^(model(?!Unknown)|engine)/.test(errorFactsOf(thrown).code);
      if (!atModel || route.current.view !== 'models') notice.show(thrown);
    }
  }

  async unload(): Promise<void> {
    await attempt(() => this.#session.core.models.unload());
  }

  async remove(id: string): Promise<void> {
    await attempt(() => this.#session.core.models.remove({ id }));
  }

  /** Takes a file in; null when that failed (the notice says why). */
  async add(path: string): Promise<Model | null> {
    return (await attempt(() => this.#session.core.models.add({ path }))) ?? null;
  }

  #find(id: string | undefined): Model | undefined {
    return this.all.find((model) => model.id === id);
  }
}
