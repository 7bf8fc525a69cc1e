/** A token in words: its text as it can be read and heard, and how sure the router was. */
import type { RoutingAbsence, StripToken } from '../../app/contract/routing.ts';
import { m } from '../../app/words/generated/messages.js';

/** A token's text for people; blanks and signs without a look have names. */
export function tokenName(text: string): string {
  if (text === '') return m.strip_token_silent();
  if (/^\n+$/.test(text)) return m.strip_token_line_break();
  if (/^\s+$/.test(text)) return m.strip_token_space();
  return m.strip_token_quoted({ text: text.trim() });
}

/** “photon”, the router was 72% sure. */
export function tokenSentence({ text, certainty, rare }: StripToken): string {
  const values = { token: tokenName(text), percent: Math.round(certainty * 100) };
  return rare ? m.strip_caption_rare(values) : m.strip_caption(values);
}

/** Why an answer has no record, in a sentence. */
export function absenceSentence(reason: RoutingAbsence): string {
  const sentences = {
    dense: m.absent_dense,
    noNativeBuild: m.absent_no_native_build,
    notRecorded: m.absent_not_recorded,
    switchedOff: m.absent_switched_off,
  };
  return sentences[reason]();
}
