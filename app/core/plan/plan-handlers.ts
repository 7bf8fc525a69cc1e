/** The contract's entries about the machine and about placing models on it. */
import type { AssistantContract } from '../../contract/assistant.ts';
import type { Handlers } from '../../rpc/serve.ts';
import type { Machine } from '../hardware/machine.ts';
import type { Plans } from './plans.ts';

/** `core` gives the parts, or fails with the reason why there are none. */
export function planHandlers(
  core: () => { readonly machine: Machine; readonly plans: Plans },
): Pick<Handlers<AssistantContract>, 'hardware' | 'plans'> {
  return {
    hardware: { describe: () => core().machine.describe() },
    plans: {
      ofModel: ({ id, wishes }) => core().plans.ofModel(id, wishes),
      keepWishes: ({ id, wishes }) => core().plans.keepWishes(id, wishes),
    },
  };
}
