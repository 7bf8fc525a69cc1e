/** This machine as the core describes it; looked at when a view needs it. */
import type { Hardware } from '../../app/contract/hardware.ts';
import type { CoreAccess } from '../session/core.ts';

export class Machine {
  current = $state.raw<Hardware | null>(null);
  readonly #session: CoreAccess;

  constructor(session: CoreAccess) {
    this.#session = session;
  }

  /** Without an answer the views do with what the plans say. */
  async look(): Promise<void> {
    try {
      this.current ??= await this.#session.core.hardware.describe();
    } catch {
      this.current = null;
    }
  }
}
