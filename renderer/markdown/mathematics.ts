/**
 * Brings the ways in which models write formulas into the one that the parser knows, and keeps sums
 * of money from becoming formulas. Pure; code is left alone.
 */

/** Code first, so that nothing inside it matches; then formulas; then single dollars. */
const pieces = new RegExp(
  [
    String.raw`(?<code>(?:^|\n) {0,3}(?<fence>\x60{3,}|~{3,})[\s\S]*?(?:\n {0,3}\k<fence>|$)|(?<ticks>\x60+)[^\x60][\s\S]*?\k<ticks>)`,
    String.raw`\\\[(?<display>[\s\S]+?)\\\]`,
    String.raw`\\\((?<inline>[^\n]+?)\\\)`,
    String.raw`(?<formula>\$\$[\s\S]*?\$\$|\$(?=[^\s$])[^$\n]*?[^\s$\\]\$(?!\d))`,
    String.raw`(?<escaped>\\\$)`,
    String.raw`(?<dollar>\$)`,
  ].join('|'),
  'g',
);

/**
 * `\(…\)` and `\[…\]` become dollar formulas. A dollar is part of a formula only as in Pandoc: the
 * opening one before, the closing one behind a visible character, and no digit after it.
 */
export function withDollarMathematics(text: string): string {
  if (!/[$\\]/.test(text)) return text;
  return text.replace(pieces, (whole, ...rest: unknown[]) => {
    const { display, inline, dollar } = rest.at(-1) as Record<string, string | undefined>;
    if (display !== undefined) return `$$${display.trim().replaceAll('\n', ' ')}$$`;
    if (inline !== undefined) return `$${inline.trim()}$`;
    return dollar === undefined ? whole : String.raw`\$`;
  });
}
