/**
 * Marks a token in the text of an answer, with the CSS Custom Highlight API: the text's elements stay
 * as they are. `styles/base.css` says how the marks look.
 */
import { placesInShown, shownSpan } from './token-places.ts';

/** Each mark is one place in the whole page. */
export type TokenMark = 'pointed-token' | 'chosen-token';

/** Where a token's text lies in the running text of all tokens. */
export interface TokenSpan {
  readonly source: string;
  readonly begin: number;
  readonly end: number;
}

/** Text that the model did not write, or that is drawn by other means than its own letters. */
const notWritten = '.katex, button, svg, figcaption';

/** The shown text of an answer and the places of its tokens in it. */
export class TokenHighlight {
  readonly #answer: Element;
  #source = '';
  #nodes: { readonly node: Text; readonly begin: number }[] = [];
  #shown = '';
  #places: Int32Array = new Int32Array();

  constructor(answer: Element) {
    this.#answer = answer;
  }

  /** Marks a token if it is found in what is shown, until the returned function is called. */
  mark(name: TokenMark, { source, begin, end }: TokenSpan): () => void {
    this.#read(source);
    const span = shownSpan(source, this.#places, begin, end);
    const range = span && this.#range(span.begin, span.end);
    if (!range) return () => undefined;
    const highlight = new Highlight(range);
    CSS.highlights.set(name, highlight);
    return () => {
      if (CSS.highlights.get(name) === highlight) CSS.highlights.delete(name);
    };
  }

  #read(source: string): void {
    const nodes = [...this.#answer.querySelectorAll('.markdown')].flatMap(textsIn);
    const shown = nodes.map(({ data }) => data).join('');
    let begin = 0;
    this.#nodes = nodes.map((node) => {
      begin += node.length;
      return { node, begin: begin - node.length };
    });
    if (source === this.#source && shown === this.#shown) return;
    this.#source = source;
    this.#shown = shown;
    this.#places = placesInShown(source, shown);
  }

  #range(begin: number, end: number): Range | null {
    const first = this.#nodes.findLast((text) => text.begin <= begin);
    const last = this.#nodes.findLast((text) => text.begin < end);
    if (!first || !last) return null;
    const range = new Range();
    range.setStart(first.node, begin - first.begin);
    range.setEnd(last.node, end - last.begin);
    return range;
  }
}

function textsIn(root: Element): Text[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement?.closest(notWritten) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  const texts: Text[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) texts.push(node as Text);
  return texts;
}
