/**
 * Turns growing text into blocks. A finished block keeps its key and its very object while more
 * text arrives, so that its part of the page is never touched again; only the text from the last
 * block on is parsed anew, which keeps a long answer linear.
 */
import type { RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { mathFromMarkdown } from 'mdast-util-math';
import { gfm } from 'micromark-extension-gfm';
import { math } from 'micromark-extension-math';
import { withDollarMathematics } from './mathematics.ts';

/** A block with a key that stays the same while the text grows. */
export interface Block {
  readonly key: number;
  readonly node: RootContent;
}

const extensions = [gfm(), math()];
const mdastExtensions = [gfmFromMarkdown(), mathFromMarkdown()];

export class StreamingBlocks {
  #finished: Block[] = [];
  /** The text that the finished blocks came from. */
  #finishedText = '';

  /** The blocks of `text`, which usually continues the text of the last call. */
  update(text: string): readonly Block[] {
    const source = withDollarMathematics(text);
    if (!source.startsWith(this.#finishedText)) {
      this.#finished = [];
      this.#finishedText = '';
    }
    const open = parse(source.slice(this.#finishedText.length));
    const first = this.#finished.length;
    const blocks = open.map((node, index): Block => ({ key: first + index, node }));
    // Only the last block can still change: a list goes on, a paragraph becomes a heading.
    const last = open.at(-1);
    if (last && blocks.length > 1) {
      const start =
        this.#finishedText.length + startOfLine(source, last, this.#finishedText.length);
      this.#finished = [...this.#finished, ...blocks.slice(0, -1)];
      this.#finishedText = source.slice(0, start);
      return [...this.#finished, ...blocks.slice(-1)];
    }
    return [...this.#finished, ...blocks];
  }
}

/** The blocks of a text that does not grow. */
export function parse(source: string): RootContent[] {
  return fromMarkdown(source, { extensions, mdastExtensions }).children;
}

/** Where the block's first line begins, counted from `from`: its indentation belongs to it. */
function startOfLine(source: string, node: RootContent, from: number): number {
  const offset = node.position?.start.offset ?? 0;
  return source.slice(from, from + offset).lastIndexOf('\n') + 1;
}
