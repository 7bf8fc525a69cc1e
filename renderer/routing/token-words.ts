/** A token in words. */
import type { StripToken } from '../../app/contract/routing.ts';
import { m } from '../../app/words/generated/messages.js';

/** Characters of the text around a token that are shown with it. */
const contextLength = 36;

/** A token's text with its white space made visible where there is nothing else. */
export function visibleText(text: string): string {
  if (text === '') return m.routing_part_of_character();
  const lines = text.replaceAll(/\r?\n/g, '↵');
  return lines.trim() === '' ? lines.replaceAll(/\s/g, '␣') : lines.trim();
}

/** What is told of a token: its place, its text, and what the router did. */
export function tokenSentence(tokens: readonly StripToken[], index: number): string {
  const token = tokens[index];
  if (!token) return '';
  const place = { number: index + 1, count: tokens.length, text: visibleText(token.text) };
  return `${m.routing_token(place)}: ${certaintyWords(token)}`;
}

/** How sure the router was, and whether it took a rare way. */
export function certaintyWords({ certainty, rare }: StripToken): string {
  const percent = Math.round(certainty * 100);
  const sure = certainty === 0 ? m.routing_even() : m.routing_sure({ percent });
  return rare ? `${sure}, ${m.routing_rare()}` : sure;
}

/** The same for a line that has little room. */
export function certaintyLabel({ certainty, rare }: StripToken): string {
  const percent = Math.round(certainty * 100);
  const sure = certainty === 0 ? m.routing_even_short() : m.routing_sure_short({ percent });
  return rare ? `${sure} · ${m.routing_rare_short()}` : sure;
}

/** The text before and after a token, on one line. */
export function contextOf(tokens: readonly StripToken[], index: number) {
  const textOf = (part: readonly StripToken[]) =>
    part.map(({ text }) => text.replaceAll(/\s+/g, ' ')).join('');
  const before = textOf(tokens.slice(Math.max(0, index - contextLength), index));
  const after = textOf(tokens.slice(index + 1, index + contextLength));
  const token = tokens[index]?.text ?? '';
  return {
    before: before.slice(-contextLength) + (/^\s/.test(token) ? ' ' : ''),
    after: after.slice(0, contextLength),
  };
}
