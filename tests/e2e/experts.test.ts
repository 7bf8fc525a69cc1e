import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { needNativeBuild } from '../integration/engine/native-abilities.ts';
import { machine } from '../unit/core/plan/example-models.ts';
import { startBrowser, type TestBrowser } from '../fixtures/browser.ts';
import { ask, openPage, startTestHost } from './browser-host.ts';
import { showFixture, type Fixture } from './fixture-core.ts';

let browser: TestBrowser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.browser?.close());

/** The page with a large model behind it that this computer does not have. */
async function openFixture(
  context: TestContext,
  fixture: Fixture = {},
  options: Parameters<typeof openPage>[3] = {},
) {
  const host = await startTestHost();
  const { page, problems } = await openPage(browser, context, 'about:blank', options);
  await showFixture(page, host.url, fixture);
  return { page, problems };
}

function strip(page: Page) {
  return page.getByRole('slider', { name: /token by token/ });
}

function highlighted(page: Page) {
  return page.evaluate(() =>
    [...(CSS.highlights.get('token') ?? [])].map((range) => {
      const { startContainer, startOffset, endContainer, endOffset } = range;
      const live = document.createRange();
      live.setStart(startContainer, startOffset);
      live.setEnd(endContainer, endOffset);
      return live.toString();
    }),
  );
}

describe('the expert strip', () => {
  it('stands under a real answer with a bar for each token', async (context) => {
    needNativeBuild(context);
    const host = await startTestHost();
    const { page, problems } = await openPage(browser, context, host.url);
    await ask(page, 'What is a router?');
    await strip(page).waitFor();
    // 24 tokens, and the last one is never evaluated unless the model ended by itself.
    expect(Number(await strip(page).getAttribute('aria-valuemax'))).toBeGreaterThanOrEqual(23);
    await page.reload();
    await strip(page).waitFor();
    expect(problems).toEqual([]);
  });

  it('walks through the text by keyboard and says each token', async (context) => {
    const { page } = await openFixture(context);
    await strip(page).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await strip(page).getAttribute('aria-valuetext')).toMatch(
      /^Token 3 of \d+, “\w+”: the router was \d+% sure/,
    );
    await expect.poll(() => highlighted(page)).toEqual(['for']);
    await page.keyboard.press('End');
    await expect.poll(() => highlighted(page)).toEqual(['.']);
  });

  it('marks the token under the pointer without touching the text', async (context) => {
    const { page } = await openFixture(context);
    await strip(page).waitFor();
    const before = await page.locator('.markdown').innerHTML();
    await strip(page).hover({ position: { x: 97, y: 8 } });
    await expect.poll(() => highlighted(page)).toEqual(['layer']);
    expect(await page.locator('.markdown').innerHTML()).toBe(before);
    await page.mouse.move(0, 0);
    await expect.poll(() => highlighted(page)).toEqual([]);
  });

  it('says in words why there is none', async (context) => {
    const { page } = await openFixture(context, { routing: 'noNativeBuild' });
    await page.getByText('Which experts answered is not known').waitFor();
    expect(await strip(page).count()).toBe(0);
  });
});

describe('the inspector', () => {
  it('opens on a token, shows who took it, and is remembered', async (context) => {
    const { page, problems } = await openFixture(context);
    await strip(page).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    const inspector = page.getByRole('complementary', { name: 'The model at work' });
    await inspector.getByRole('heading', { name: /Token 2 of \d+/ }).waitFor();
    await inspector.getByText(/Loaded, with the experts of \d+ of 48 layers in memory/).waitFor();
    await inspector.getByText('Measured last time: 31 tokens/s').waitFor();
    await inspector.getByRole('slider', { name: /Layer/ }).first().focus();
    await page.keyboard.press('End');
    await inspector.getByText('Layer 47', { exact: true }).waitFor();
    await inspector.getByText('Ever', { exact: true }).click();
    await inspector.getByText(/Counted: \d,\d+ tokens/).waitFor();
    expect(problems).toEqual([]);
  });

  it('tells each expert by keyboard, and all of them in a table', async (context) => {
    const { page } = await openFixture(context);
    await page.keyboard.press('Control+Shift+E');
    const field = page.getByRole('slider', { name: 'Experts of layer 24 by their share' });
    await field.focus();
    await page.keyboard.press('Home');
    expect(await field.getAttribute('aria-valuetext')).toMatch(/^Expert 0 took [\d.]+% of/);
    const table = page.getByRole('table', { name: 'Experts of layer 24 by their share' });
    expect(await table.getByRole('row').count()).toBe(128);
  });

  it('is a sheet on a narrow screen that Escape closes', async (context) => {
    const narrow = { viewport: { width: 390, height: 780 } };
    const { page } = await openFixture(context, {}, narrow);
    await page.getByRole('button', { name: /Show the model at work/ }).click();
    const inspector = page.getByRole('complementary', { name: 'The model at work' });
    await inspector.getByRole('heading', { name: 'Where it lives' }).waitFor();
    await page.keyboard.press('Escape');
    await inspector.waitFor({ state: 'detached' });
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - window.innerWidth,
    );
    expect(overflow).toBeLessThanOrEqual(0);
  });
});

describe("a model's page", () => {
  async function openModel(page: Page) {
    await page.evaluate(() => (location.hash = '#/models/qwen'));
    await page.getByRole('heading', { name: 'Qwen3 30B-A3B' }).waitFor();
  }

  it('moves the bars as a slider moves, and goes back to the plan', async (context) => {
    const { page, problems } = await openFixture(context);
    await openModel(page);
    const gpu = page.getByRole('img', { name: /^GPU:/ });
    const planned = await gpu.getAttribute('aria-label');
    await page.getByRole('slider', { name: 'Context' }).focus();
    await page.keyboard.press('End');
    await page.getByText('Does not fit', { exact: true }).waitFor();
    await page.getByRole('heading', { name: 'What would help' }).waitFor();
    expect(await gpu.getAttribute('aria-label')).not.toBe(planned);
    await page.getByRole('button', { name: 'Back to the plan' }).click();
    await expect.poll(() => gpu.getAttribute('aria-label')).toBe(planned);
    expect(problems).toEqual([]);
  });

  it('keeps what was fixed, loads it so, and shows what it really took', async (context) => {
    const { page } = await openFixture(context, { engine: 'empty' });
    await openModel(page);
    const context4096 = page.getByRole('slider', { name: 'Context' });
    await context4096.focus();
    await page.keyboard.press('ArrowLeft');
    await page.getByText('4,096 tokens', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Load it this way' }).click();
    await page.getByRole('columnheader', { name: 'Really taken' }).waitFor();
    expect(await context4096.getAttribute('aria-valuetext')).toBe('4,096 tokens');
    await page.getByRole('button', { name: 'Leave it to the plan' }).waitFor();
  });

  it('hides what makes no sense without a GPU, with a word why', async (context) => {
    const { page } = await openFixture(context, { hardware: machine(32e9) });
    await openModel(page);
    await page.getByText('There is no GPU here that the engine can use').waitFor();
    expect(await page.getByRole('slider', { name: /GPU|experts in memory/ }).count()).toBe(0);
  });

  it('fills its bars while the model is read', async (context) => {
    const { page } = await openFixture(context, { engine: 'loading' });
    await openModel(page);
    await page.getByText('Loading Qwen3 30B-A3B …').waitFor();
    const filled = await page
      .getByRole('img', { name: /^Memory:/ })
      .locator('.filled')
      .evaluate((bar) => bar.getBoundingClientRect().width / (bar.parentElement?.clientWidth ?? 1));
    expect(filled).toBeGreaterThan(0.4);
    expect(filled).toBeLessThan(0.65);
  });
});
