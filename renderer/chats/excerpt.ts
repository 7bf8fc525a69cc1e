/** Takes a search's excerpt apart into plain and marked pieces. Pure. */

/** A piece of an excerpt. */
export interface ExcerptPart {
  readonly text: string;
  readonly marked: boolean;
}

/** The core puts hits between U+0002 and U+0003 (`searchHit.excerpt`). */
export function excerptParts(excerpt: string): ExcerptPart[] {
  return excerpt
    .split(/(\u0002[^\u0003]*\u0003)/)
    .filter((piece) => piece !== '')
    .map((piece) => ({
      text: piece.replaceAll(/[\u0002\u0003]/g, ''),
      marked: piece.startsWith('\u0002'),
    }));
}
