/**
 * Finds the text of tokens in the answer as it is shown. The tokens are markdown and the page shows
 * it without its signs, so the two are followed side by side, and where they part, the next place
 * where they agree is looked for. Pure.
 */

/** How far ahead both texts are searched for a place where they agree again. */
const lookAhead = 400;
/** So many units have to agree. */
const gramLength = 4;
const whitespace = /\s/;
const markdownSigns = new Set('*_~`#>|\\[]()!-+');

/** For each UTF-16 unit of `source` its place in `shown`; -1 where it is not shown. */
export function placesInShown(source: string, shown: string): Int32Array {
  const places = new Int32Array(source.length).fill(-1);
  let at = 0;
  let place = 0;
  while (at < source.length && place < shown.length) {
    const unit = source.charAt(at);
    const shownUnit = shown.charAt(place);
    if (unit === shownUnit || (whitespace.test(unit) && whitespace.test(shownUnit))) {
      places[at] = place;
      at += 1;
      place += 1;
    } else if (whitespace.test(unit) || markdownSigns.has(unit)) at += 1;
    else if (whitespace.test(shownUnit)) place += 1;
    else {
      const skip = nextAgreement(source, at, shown, place);
      at += skip?.source ?? 1;
      place += skip?.shown ?? 0;
    }
  }
  return places;
}

/** The first and the last unit (exclusive) in the shown text of a part of the source; null if none. */
export function shownSpan(
  source: string,
  places: Int32Array,
  begin: number,
  end: number,
): { begin: number; end: number } | null {
  let first = -1;
  let last = -1;
  for (let at = begin; at < end; at += 1) {
    const place = places[at] ?? -1;
    if (place === -1 || whitespace.test(source.charAt(at))) continue;
    if (first === -1) first = place;
    last = place;
  }
  return first === -1 ? null : { begin: first, end: last + 1 };
}

/** The nearest place ahead where a few units agree. */
function nextAgreement(source: string, at: number, shown: string, place: number) {
  const seen = new Map<string, number>();
  const shownEnd = Math.min(place + lookAhead, shown.length - gramLength);
  for (let next = place; next <= shownEnd; next += 1) {
    const gram = shown.slice(next, next + gramLength);
    if (!seen.has(gram)) seen.set(gram, next - place);
  }
  let nearest: { source: number; shown: number } | null = null;
  const sourceEnd = Math.min(at + lookAhead, source.length - gramLength);
  for (let next = at; next <= sourceEnd; next += 1) {
    if (nearest && next - at >= nearest.source + nearest.shown) break;
    const found = seen.get(source.slice(next, next + gramLength));
    if (found === undefined) continue;
    const distance = next - at + found;
    if (!nearest || distance < nearest.source + nearest.shown) {
      nearest = { source: next - at, shown: found };
    }
  }
  return nearest;
}
