import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { machine } from '../unit/core/plan/example-models.ts';
import { startBrowser, type TestBrowser } from '../fixtures/browser.ts';
import { openPage, startTestHost } from './browser-host.ts';
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

describe('the inspector of a large model', () => {
  it('shows each expert of a layer, and leads to where the model lives', async (context) => {
    const { page, problems } = await openFixture(context);
    await page.keyboard.press('Control+i');
    const inspector = page.getByRole('complementary');
    await inspector.getByText(/with the experts of \d+ of 48 layers in memory/).waitFor();
    const table = inspector.getByRole('table', { name: 'Experts of layer 24' });
    await expect.poll(() => table.getByRole('row').count()).toBe(129);
    await inspector.getByRole('link', { name: 'Change where it lives' }).click();
    await page.getByRole('heading', { name: 'Qwen3 30B-A3B' }).waitFor();
    expect(problems).toEqual([]);
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
    const filled = await page.getByRole('img', { name: /^Memory:/ }).evaluate((track) => {
      const widths = [...track.children].map((part) => part.getBoundingClientRect().width);
      return widths.reduce((sum, width) => sum + width, 0) / track.clientWidth;
    });
    expect(filled).toBeGreaterThan(0.4);
    expect(filled).toBeLessThan(0.65);
  });
});
