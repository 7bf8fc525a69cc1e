/**
 * Brings the ways in which models write formulas into the one that the parser knows, and keeps sums
 * of money from becoming formulas. Pure; code is left alone. Nothing but a block of code reaches
 * over an empty line, so that a text's part after one can be looked at alone.
 */

/** Anything up to what follows, but no empty line. */
const within = String.raw`(?:(?!\n[ \t]*\n)[\s\S])`;

/** Code first, so that nothing inside it matches; then formulas; then single dollars. */
const pieces = new RegExp(
  [
    // A block of code may lie in lists and quotes.
    String.raw`(?<code>(?:^|\n)(?:[ \t>]|[-*+][ ]|\d{1,9}[.)][ ])*(?<fence>\x60{3,}(?![^\n]*\x60)|~{3,})[\s\S]*?(?:\n[ \t>]*\k<fence>|$)`,
    String.raw`(?<ticks>\x60+)[^\x60]${within}*?\k<ticks>)`,
    String.raw`\\\[(?<display>${within}+?)\\\]`,
    String.raw`\\\((?<inline>[^\n]+?)\\\)`,
    String.raw`(?<formula>\$\$${within}*?\$\$|\$(?=[^\s$])[^$\n]*?[^\s$\\]\$(?!\d))`,
    String.raw`(?<escaped>\\\$)`,
    String.raw`(?<dollar>\$)`,
  ].join('|'),
  'g',
);

/** A text for the parser, and where its parts stood in the original. */
export interface ParserText {
  readonly text: string;
  /** The place in the original of a place in `text` that lies outside of formulas. */
  readonly originalOffset: (offset: number) => number;
}

/**
 * `\(…\)` and `\[…\]` become dollar formulas. A dollar is part of a formula only as in Pandoc: the
 * opening one before, the closing one behind a visible character, and no digit after it; no formula
 * contains an empty line.
 */
export function withDollarMathematics(original: string): ParserText {
  if (!/[$\\]/.test(original)) return { text: original, originalOffset: (offset) => offset };
  /** After each replaced piece: its end in the text, and by how much the original is longer. */
  const shifts: { readonly end: number; readonly by: number }[] = [];
  let longer = 0;
  const text = original.replace(pieces, (whole, ...rest: unknown[]) => {
    const written = dollarForm(whole, rest.at(-1) as Readonly<Record<string, string | undefined>>);
    const end = Number(rest.at(-3)) + whole.length;
    longer += whole.length - written.length;
    shifts.push({ end: end - longer, by: longer });
    return written;
  });
  const originalOffset = (offset: number) =>
    offset + (shifts.findLast(({ end }) => end <= offset)?.by ?? 0);
  return { text, originalOffset };
}

function dollarForm(
  whole: string,
  { display, inline, dollar }: Readonly<Record<string, string | undefined>>,
): string {
  if (display !== undefined) return `$$${display.trim().replaceAll('\n', ' ')}$$`;
  if (inline !== undefined) return `$${inline.trim()}$`;
  return dollar === undefined ? whole : String.raw`\$`;
}
