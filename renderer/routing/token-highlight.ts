/**
 * Marks one token in the text of an answer, with the CSS Custom Highlight API: the text's elements
 * stay as they are. `styles/base.css` says how the mark looks.
 */
import { placesInShown, shownSpan } from './token-places.ts';

const highlightName = 'token';
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

  /** Marks the part of `source`; returns whether it could be found in what is shown. */
  mark(source: string, begin: number, end: number): boolean {
    this.#read(source);
    const span = shownSpan(source, this.#places, begin, end);
    const range = span && this.#range(span.begin, span.end);
    if (!range) {
      this.clear();
      return false;
    }
    CSS.highlights.set(highlightName, new Highlight(range));
    return true;
  }

  clear(): void {
    CSS.highlights.delete(highlightName);
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
