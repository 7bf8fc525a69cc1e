/**
 * Turns growing text into blocks. A finished block keeps its key and its very object while more
 * text arrives, so that its part of the page is never touched again; only the text behind it is
 * parsed anew, which keeps a long answer linear.
 */
import type { RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { mathFromMarkdown } from 'mdast-util-math';
import { gfm } from 'micromark-extension-gfm';
import { math } from 'micromark-extension-math';
import { withDollarMathematics } from './mathematics.ts';
import { withPartsOf } from './same-parts.ts';

/** A block with a key that stays the same while the text grows. */
export interface Block {
  readonly key: number;
  readonly node: RootContent;
}

const extensions = [gfm(), math()];
const mdastExtensions = [gfmFromMarkdown(), mathFromMarkdown()];

export class StreamingBlocks {
  #finished: readonly Block[] = [];
  /** The text that the finished blocks came from. */
  #finishedText = '';
  /** The nodes behind the finished ones as they were last. */
  #open: readonly RootContent[] = [];

  /** The blocks of `text`, which usually continues the text of the last call. */
  update(text: string): readonly Block[] {
    if (!text.startsWith(this.#finishedText)) {
      this.#finished = [];
      this.#finishedText = '';
      this.#open = [];
    }
    const source = withDollarMathematics(text.slice(this.#finishedText.length));
    const parsed = parse(source.text);
    const first = this.#finished.length;
    const blocks = parsed.map((node, index): Block => {
      const before = this.#open[index];
      return { key: first + index, node: before ? withPartsOf(before, node) : node };
    });
    const shown = [...this.#finished, ...blocks];
    const count = finishedCount(parsed, source.text);
    this.#open = blocks.slice(count).map(({ node }) => node);
    const next = parsed[count];
    if (count > 0 && next) {
      const end = source.originalOffset(startOfLine(source.text, next));
      this.#finished = shown.slice(0, first + count);
      this.#finishedText = text.slice(0, this.#finishedText.length + end);
    }
    return shown;
  }
}

/** The blocks of a text that does not grow. */
export function parse(source: string): RootContent[] {
  return fromMarkdown(source, { extensions, mdastExtensions }).children;
}

/**
 * How many of the blocks can't change any more. The last one can, and while its first line is not
 * complete it may yet turn out to belong to the one before: `2` to the list with `1. one`, `#tag`
 * to the paragraph above.
 */
function finishedCount(nodes: readonly RootContent[], source: string): number {
  const last = nodes.at(-1);
  const before = nodes.at(-2);
  if (!last || !before) return 0;
  return isParted(before, last, source) ? nodes.length - 1 : nodes.length - 2;
}

/** Whether a block is surely not a part of the one before it. */
function isParted(before: RootContent, last: RootContent, source: string): boolean {
  const start = startOfLine(source, last);
  const between = source.slice(before.position?.end.offset ?? 0, start);
  const goesOverEmptyLines = before.type === 'list' || before.type === 'footnoteDefinition';
  if (!goesOverEmptyLines && between.split('\n').length > 2) return true;
  // The line below a table's head makes it one.
  const lines = last.type === 'table' ? 2 : 1;
  return source.slice(start).split('\n').length > lines;
}

/** Where the block's first line begins: its indentation belongs to it. */
function startOfLine(source: string, node: RootContent): number {
  return source.lastIndexOf('\n', (node.position?.start.offset ?? 0) - 1) + 1;
}
