/**
 * Marks a token in an answer that is on the page, without touching the page: a range with the CSS
 * Custom Highlight API. Formulas, labels and buttons are no text of the model.
 */
import { shownPlaces, shownSpan, tokenSpans } from './token-places.ts';

/** The name under which `base.css` styles the mark. */
const highlightName = 'token';

const notOfTheModel = '.katex, figcaption, button, .unseen';

/** Marks a token of `tokens` in `container`, which shows `text`. Whether it could be found. */
export function markToken(
  container: Element,
  text: string,
  tokens: readonly string[],
  token: number,
): boolean {
  unmarkToken();
  const span = tokenSpans(tokens, text)[token];
  if (!span) return false;
  const nodes = textNodes(container);
  const shown = nodes.map(({ data }) => data).join('');
  const place = shownSpan(span, shownPlaces(text, shown));
  if (!place) return false;
  const range = rangeOf(nodes, place.start, place.end);
  if (!range) return false;
  CSS.highlights.set(highlightName, new Highlight(range));
  return true;
}

/** Takes the mark away. */
export function unmarkToken(): void {
  CSS.highlights.delete(highlightName);
}

function textNodes(container: Element): Text[] {
  const nodes: Text[] = [];
  const walker = document.createTreeWalker(container, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node instanceof Text && !node.parentElement?.closest(notOfTheModel)) nodes.push(node);
  }
  return nodes;
}

function rangeOf(nodes: readonly Text[], start: number, end: number): StaticRange | null {
  let at = 0;
  let from: { node: Text; offset: number } | null = null;
  for (const node of nodes) {
    const after = at + node.length;
    if (from === null && start < after) from = { node, offset: start - at };
    if (from !== null && end <= after) {
      return new StaticRange({
        startContainer: from.node,
        startOffset: from.offset,
        endContainer: node,
        endOffset: end - at,
      });
    }
    at = after;
  }
  return null;
}
