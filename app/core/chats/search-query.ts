/** Turns what a person types into a query of SQLite's full-text search. */

/**
 * All words, each as the beginning of a word; null where there is no word. Quoting makes operators
 * of the query language (sqlite.org/fts5.html, section 3) ordinary words.
 */
export function searchQuery(text: string): string | null {
  const words = text.match(/[\p{L}\p{N}]+/gu);
  return words?.map((word) => `"${word}"*`).join(' ') ?? null;
}
