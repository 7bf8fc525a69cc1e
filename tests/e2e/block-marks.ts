/**
 * Marks the blocks of the answer on a page that are finished, and notes everything that happens to
 * a marked block: nothing may, but that its code is coloured or its formula typeset, once.
 */
import type { Page } from 'playwright-core';

/** What became of the marked blocks. */
export interface MarkedBlocks {
  readonly marked: number;
  /** Marked blocks that are still the very elements at their places. */
  readonly same: number;
  /** Changes within marked blocks, or of the blocks themselves. */
  readonly changes: readonly string[];
  /** The most times that one piece of code or one formula arrived in its final look. */
  readonly arrivals: number;
}

interface MarksWindow {
  moeweMarks: { mark(count: number): void; result(): MarkedBlocks };
}

/** Begins to watch the last answer on the page. */
export async function watchMarks(page: Page) {
  await page.evaluate(installMarks);
  return {
    /** Resolves when the last word of the shown thought is this number. */
    drawn: (number: number) =>
      page.waitForFunction(
        (wanted) => {
          const thought = document.querySelector('article details .markdown');
          return thought?.textContent.trim().split(' ').at(-1) === wanted;
        },
        String(number),
        { polling: 'raf' },
      ),
    /** Marks the first `count` blocks as finished. */
    mark: (count: number) =>
      page.evaluate((wanted) => {
        (window as unknown as MarksWindow).moeweMarks.mark(wanted);
      }, count),
    result: () => page.evaluate(() => (window as unknown as MarksWindow).moeweMarks.result()),
  };
}

/** Runs in the page and can use nothing from outside itself. */
function installMarks() {
  const article = [...document.querySelectorAll('article')].at(-1);
  if (!article) throw new Error('there is no answer');
  const marked: Element[] = [];
  const changes: string[] = [];
  const arrivals = new Map<Node, number>();
  const blocks = () => [...(article.querySelector('.text .markdown')?.children ?? [])];

  const note = (records: readonly MutationRecord[]) => {
    const arrived = new Set<Node>();
    for (const { target, type, removedNodes } of records) {
      for (const node of removedNodes) {
        if (marked.includes(node as Element)) changes.push(`${node.nodeName} was removed`);
      }
      if (target.parentElement?.closest('details')) continue;
      const place = target instanceof Element ? target : target.parentElement;
      const block = marked.find((element) => element.contains(target));
      if (!block || !place) continue;
      const late = place.closest('pre code') ?? (place.querySelector(':scope > .katex') && place);
      if (late) arrived.add(late);
      else changes.push(`${type} of ${place.nodeName} in ${block.nodeName}`);
    }
    for (const node of arrived) arrivals.set(node, (arrivals.get(node) ?? 0) + 1);
  };
  const observer = new MutationObserver(note);
  const everything = { subtree: true, childList: true, characterData: true, attributes: true };
  observer.observe(article, everything);

  (window as unknown as MarksWindow).moeweMarks = {
    mark: (count) => {
      note(observer.takeRecords());
      marked.push(...blocks().slice(marked.length, count));
    },
    result: () => {
      note(observer.takeRecords());
      const now = blocks();
      const same = marked.filter((element, index) => now[index] === element).length;
      return { marked: marked.length, same, changes, arrivals: Math.max(0, ...arrivals.values()) };
    },
  };
}
