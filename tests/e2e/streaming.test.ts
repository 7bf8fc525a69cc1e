import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { startBrowser, type TestBrowser } from '../fixtures/browser.ts';
import { ScriptedEngine } from '../fixtures/scripted-engine.ts';
import { watchMarks } from './block-marks.ts';
import { composer, openPage, startScriptedHost } from './browser-host.ts';

let browser: TestBrowser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.browser?.close());

/** Everything that a finished block could be, and lines that look for a while like another one. */
const blocks = [
  '# Speed of a *mixture*',
  'It follows the **active** parameters, see [the paper](https://example.org/paper). It costs\n$5 and not $6, and `a $b` stays.',
  '1. first, with \\(k\\) of \\(n\\)\n\n2. second\n\n   ```js\n   const total = 1;\n\n   ```\n\n3. third\n   - nested **one**\n   - nested two',
  '## A table',
  '| model | total | active |\n|:------|------:|-------:|\n| small | 15.8 | 5.5 |\n| large | 30.5 | $3.1$ |',
  '```python\ndef active(total, used, count):\n\n    # routed experts only\n    return total * used / count\n```',
  'Then a formula:',
  '\\[\na = s + \\frac{k}{n} r\n\\]',
  '$$\nx^2\n$$',
  '**Bold** begins this paragraph\n***and this line*** goes on\n#hashtag, too.',
  '> A quote with $e = mc^2$\n> and a second line',
  '---',
  'The end.',
] as const;
const formulas = 6;
const answer = `${blocks.join('\n\n')}\n`;

/** A block is finished once the first line of the next one has come in whole. */
const finishedFrom = blocks.map((block, index) => {
  const start = blocks.slice(0, index).join('\n\n').length + (index === 0 ? 0 : 2);
  return start + `${block}\n`.indexOf('\n') + 1;
});

function finishedBlocks(length: number): number {
  return Math.max(
    0,
    finishedFrom.findLastIndex((from) => from <= length),
  );
}

/** Pieces of one to `most` characters, other ones for each seed. */
function ragged(most: number, seed: number): string[] {
  const pieces: string[] = [];
  let state = seed;
  for (let at = 0; at < answer.length; at += pieces.at(-1)?.length ?? 1) {
    state = (state * 48_271) % 2_147_483_647;
    pieces.push(answer.slice(at, at + 1 + (state % most)));
  }
  return pieces;
}

/** Streams the answer in these pieces and tells what happened to blocks that were finished. */
async function streamed(context: TestContext, pieces: readonly string[]) {
  const engine = new ScriptedEngine();
  const host = await startScriptedHost(engine);
  const { page, problems } = await openPage(browser, context, host.url);
  await composer(page).fill('Show it');
  await page.keyboard.press('Enter');
  await page.getByRole('article', { name: 'Answer' }).waitFor();
  const marks = await watchMarks(page);
  let length = 0;
  for (const [index, piece] of pieces.entries()) {
    // A number as the thought tells when the page has drawn this very piece.
    engine.say(piece, ` ${index}`);
    length += piece.length;
    await marks.drawn(index);
    await marks.mark(finishedBlocks(length));
  }
  engine.finish();
  const grown = await finalLook(page);
  const result = await marks.result();
  await page.reload();
  return { ...result, grown, atOnce: await finalLook(page), problems };
}

/** The answer's elements once code is coloured and formulas are typeset. */
async function finalLook(page: Page): Promise<string> {
  const answerText = page.locator('article .text .markdown');
  await page.locator('article footer').waitFor();
  await answerText.locator('pre:not(:has(span[style]))').waitFor({ state: 'detached' });
  await answerText
    .locator('.katex')
    .nth(formulas - 1)
    .waitFor();
  const look = await answerText.evaluate((element) => {
    const copy = element.cloneNode(true) as HTMLElement;
    // Where colours end is Shiki's own affair: it gives up on a line when the machine is busy.
    for (const code of copy.querySelectorAll('pre code')) code.textContent = code.textContent;
    return copy.innerHTML;
  });
  return look.replaceAll(/<!--.*?-->/g, '');
}

describe('an answer that streams', () => {
  it.for<[string, readonly string[]]>([
    ['character by character', answer.match(/[^]/gu) ?? []],
    ['word by word', answer.split(/(?<=\s)/)],
    ['line by line', answer.split(/(?<=\n)/)],
    ['in ragged small pieces', ragged(9, 3)],
    ['in ragged pieces', ragged(40, 11)],
    ['in ragged large pieces', ragged(200, 77)],
  ])('leaves finished blocks alone, %s', async ([, pieces], context) => {
    const { marked, same, changes, arrivals, grown, atOnce, problems } = await streamed(
      context,
      pieces,
    );
    expect(changes).toEqual([]);
    expect(marked).toBe(blocks.length - 1);
    expect(same).toBe(marked);
    expect(arrivals).toBeLessThanOrEqual(1);
    expect(grown).toBe(atOnce);
    expect(problems).toEqual([]);
  });
});
