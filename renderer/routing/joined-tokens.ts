/** Puts a strip together that was asked for while it grew. Pure. */
import type { StripToken } from '../../app/contract/routing.ts';

/**
 * What was there when it was asked for, and what was told of since the chat was opened. The end of
 * the first may be the beginning of the second: these tokens are taken once.
 */
export function joinedTokens(
  asked: readonly StripToken[],
  told: readonly StripToken[],
): StripToken[] {
  let shared = Math.min(asked.length, told.length);
  while (!overlaps(asked, told, shared)) shared -= 1;
  return [...asked, ...told.slice(shared)];
}

function overlaps(asked: readonly StripToken[], told: readonly StripToken[], length: number) {
  const from = asked.length - length;
  for (let index = 0; index < length; index += 1) {
    const one = asked[from + index];
    const other = told[index];
    if (one?.text !== other?.text || one?.certainty !== other?.certainty) return false;
  }
  return true;
}
