/** What is missing without the native build, and why, in one sentence. */
import type { NativeBuild } from '../../app/contract/models.ts';
import { m } from '../../app/words/generated/messages.js';

type Reason = Extract<NativeBuild, { state: 'absent' }>['reason'];

const sentences: Readonly<Record<Reason, () => string>> = {
  notBuilt: m.native_not_built,
  mismatch: m.native_mismatch,
  notLoadable: m.native_not_loadable,
  switchedOff: m.native_switched_off,
};

export function nativeBuildSentence(reason: Reason): string {
  return sentences[reason]();
}
