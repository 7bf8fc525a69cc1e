/** Why an answer has no record of its experts, in words. */
import type { RoutingAbsence } from '../../app/contract/routing.ts';
import { m } from '../../app/words/generated/messages.js';

const sentences: Readonly<Record<RoutingAbsence, () => string>> = {
  dense: m.routing_absent_dense,
  noNativeBuild: m.routing_absent_native,
  notRecorded: m.routing_absent_record,
  switchedOff: m.routing_absent_off,
};

export function absenceSentence(reason: RoutingAbsence): string {
  return sentences[reason]();
}
