/** Tokens a second of `count` tokens in `ms` milliseconds; 0 where there is nothing to divide. */
export function perSecond(count: number, ms: number): number {
  return count > 0 && ms > 0 ? (count / ms) * 1000 : 0;
}
