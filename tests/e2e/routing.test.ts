/** The expert strip and the inspector on the real app with the real starter model. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser, type TestBrowser } from '../fixtures/browser.ts';
import { ask, openPage, startTestHost } from './browser-host.ts';

let browser: TestBrowser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.browser?.close());

const strip = (page: Page) => page.getByRole('slider', { name: /How sure the router was/ });
const inspector = (page: Page) => page.getByRole('complementary', { name: 'Inspector' });

/** The marked text of the page, by the mark's name. */
function marked(page: Page, name: string): Promise<string> {
  return page.evaluate((mark) => {
    const ranges = [...(CSS.highlights.get(mark) ?? [])] as Range[];
    return ranges.map((range) => range.toString()).join('');
  }, name);
}

describe('the expert strip', () => {
  it('has a bar for each token and moves through the text by keys', async (context) => {
    const host = await startTestHost();
    const { page, problems } = await openPage(browser, context, host.url);
    await ask(page, 'What is a router?');
    await strip(page).focus();
    expect(await strip(page).getAttribute('aria-valuemax')).toBe('24');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    const said = await strip(page).getAttribute('aria-valuetext');
    expect(said).toMatch(/^“.+”, the router was \d+% sure/);
    expect(await marked(page, 'pointed-token')).toBe(/“(.+)”/.exec(said ?? '')?.[1]);
    expect(problems).toEqual([]);
  });

  it('says in words what the pointer is at, and takes no room for it', async (context) => {
    const host = await startTestHost();
    const { page } = await openPage(browser, context, host.url);
    await ask(page, 'What is a router?');
    const footer = page.locator('article footer');
    const before = await footer.boundingBox();
    await strip(page).hover({ position: { x: 2, y: 10 } });
    await page.getByText(/the router was \d+% sure/).waitFor();
    expect(await footer.boundingBox()).toEqual(before);
  });

  it('is there again after a reload', async (context) => {
    const host = await startTestHost();
    const { page } = await openPage(browser, context, host.url);
    await ask(page, 'What is a router?');
    await page.reload();
    await strip(page).waitFor();
    expect(await strip(page).getAttribute('aria-valuemax')).toBe('24');
  });

  it('opens the inspector at its token', async (context) => {
    const host = await startTestHost();
    const { page } = await openPage(browser, context, host.url);
    await ask(page, 'What is a router?');
    await strip(page).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await inspector(page).getByText('Its experts in this layer:').waitFor();
    await inspector(page).getByRole('button', { name: 'Back to the whole answer' }).click();
    await inspector(page)
      .getByText(/Expert \d+ took \d+% of the tokens/)
      .waitFor();
  });
});

describe('the inspector', () => {
  it('opens by key and is remembered', async (context) => {
    const host = await startTestHost();
    const { page } = await openPage(browser, context, host.url);
    await ask(page, 'What is a router?');
    await page.keyboard.press('Control+i');
    await inspector(page).getByRole('heading', { name: 'Who answered' }).waitFor();
    await page.reload();
    await inspector(page).getByRole('heading', { name: 'Who answered' }).waitFor();
  });

  it('moves through layers and experts by keys', async (context) => {
    const host = await startTestHost();
    const { page } = await openPage(browser, context, host.url);
    await ask(page, 'What is a router?');
    await page.keyboard.press('Control+i');
    await inspector(page).getByRole('slider', { name: 'Layer', exact: true }).focus();
    await page.keyboard.press('Home');
    const field = inspector(page).getByRole('slider', { name: 'Experts of layer 1' });
    await field.focus();
    await page.keyboard.press('End');
    expect(await field.getAttribute('aria-valuetext')).toMatch(/^Expert 15 took/);
  });

  it('counts over the answer, the chat, and ever', async (context) => {
    const host = await startTestHost();
    const { page } = await openPage(browser, context, host.url);
    await ask(page, 'What is a router?');
    await ask(page, 'What is an expert?');
    await page.keyboard.press('Control+i');
    for (const over of ['This chat', 'Ever', 'This answer']) {
      await inspector(page).getByRole('radio', { name: over }).check({ force: true });
      await inspector(page)
        .getByText(/Expert \d+ took \d+% of the tokens/)
        .waitFor();
    }
  });

  it('is a sheet on a narrow page, which Escape closes', async (context) => {
    const host = await startTestHost();
    const narrow = { viewport: { width: 390, height: 780 } };
    const { page } = await openPage(browser, context, host.url, narrow);
    await ask(page, 'What is a router?');
    expect(await inspector(page).count()).toBe(0);
    await page.getByRole('button', { name: /Show what lies behind the answers/ }).click();
    await inspector(page).waitFor();
    await page.keyboard.press('Escape');
    await inspector(page).waitFor({ state: 'detached' });
  });
});
