/**
 * Where a token stands in the text that a reader sees. The tokens together are the model's raw
 * stream; the answer's text is a part of it, and the page shows that text without its markdown. So a
 * token's place is found in two steps, and where a step is not certain there is no place. Pure.
 */

/** A stretch of a text: from `start` up to, not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where the tokens stand in `text`, null for those outside (markup, thoughts). */
export function tokenSpans(tokens: readonly string[], text: string): (Span | null)[] {
  const raw = tokens.join('');
  // The stream may begin with thoughts and markup; a few words of the answer find it again.
  const probe = text.slice(0, 80);
  const common = raw.length - raw.trimStart().length;
  const begin = raw.startsWith(probe.slice(0, raw.length - common), common)
    ? common
    : raw.indexOf(probe);
  let at = -(begin === -1 ? Infinity : begin);
  return tokens.map((token) => {
    const start = at;
    at += token.length;
    const inside = at > 0 && start < text.length;
    return inside ? { start: Math.max(0, start), end: Math.min(text.length, at) } : null;
  });
}

/** How far a character is looked for when shown text and source differ. */
const searchLength = 400;

/**
 * For each character of `source` (markdown) its place in `shown` (the page's text), -1 for markup.
 * Shown text is source with marks left out and other white space, so both are walked side by side.
 */
export function shownPlaces(source: string, shown: string): Int32Array {
  const places = new Int32Array(source.length).fill(-1);
  let at = 0;
  for (let index = 0; index < shown.length; index += 1) {
    if (isSpace(shown[index])) continue;
    const found = findFrom(source, at, shown, index);
    if (found === -1) continue;
    places[found] = index;
    at = found + 1;
  }
  return places;
}

/** The next place where the source goes on as the shown text does. */
function findFrom(source: string, from: number, shown: string, index: number): number {
  const wanted = shown[index];
  const next = shown[index + 1];
  const beginsWord = isSpace(shown[index - 1]);
  const end = Math.min(source.length, from + searchLength);
  let lone = -1;
  for (let at = from; at < end; at += 1) {
    if (source[at] !== wanted) continue;
    // Within the address of a link there are words, too.
    if (beginsWord && /[\p{L}\d/.:=&?#_-]/u.test(source[at - 1] ?? '')) continue;
    const follows = source[at + 1];
    if (next === undefined || follows === next || (isSpace(next) && isSpace(follows))) return at;
    if (lone === -1) lone = at;
  }
  return lone;
}

/** The stretch of the shown text for a stretch of the source; null where nothing of it is shown. */
export function shownSpan({ start, end }: Span, places: Int32Array): Span | null {
  const visible = [...places.subarray(start, end)].filter((place) => place !== -1);
  const [first] = visible;
  const last = visible.at(-1);
  if (first === undefined || last === undefined) return null;
  // A stretch that is torn apart by other text was not understood.
  return last - first <= 2 * (end - start) ? { start: first, end: last + 1 } : null;
}

function isSpace(character: string | undefined): boolean {
  return character === undefined || /\s/.test(character);
}
