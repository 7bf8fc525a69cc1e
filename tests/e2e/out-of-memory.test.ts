import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser, type TestBrowser } from '../fixtures/browser.ts';
import { growBeyondMemory, noSparseFiles, writeFittingModel } from '../fixtures/oversized-model.ts';
import { openTestAssistant } from '../integration/core/open-assistant.ts';
import { composer, openPage, startTestHost, testHome } from './browser-host.ts';

let browser: TestBrowser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.browser?.close());

/** A host whose chosen model fitted when it was chosen and does not any more. */
async function hostWithOversizedModel() {
  const home = testHome();
  const path = join(home.folder, 'big.gguf');
  writeFittingModel(path);
  const { assistant } = openTestAssistant({ home });
  const { id } = await assistant.client.models.add({ path });
  await assistant.client.models.choose({ id });
  await assistant.close();
  growBeyondMemory(path);
  return startTestHost({ home });
}

describe('a model that does not fit into memory', () => {
  it('is told in the chat with what to do and one button, and nothing is lost', async (context) => {
    context.skip(noSparseFiles !== undefined, noSparseFiles);
    const host = await hostWithOversizedModel();
    const { page, problems } = await openPage(browser, context, host.url);
    await composer(page).fill('What is a router?');
    await page.keyboard.press('Enter');
    const answer = page.getByRole('article', { name: 'Answer' });
    const note = answer.getByRole('alert');
    await note.getByText(/^big\.gguf needs about .+ of memory; .+ are free\.$/).waitFor();
    await note.getByText('Close other programs, or choose a smaller model').waitFor();
    expect(await answer.getByRole('button').allTextContents()).toEqual(['Ask again']);
    await composer(page).fill('What I write meanwhile');
    await note.getByRole('button', { name: 'Ask again' }).click();
    await page.getByText('2/2').waitFor();
    await note.getByText('of memory;').waitFor();
    expect(await composer(page).inputValue()).toBe('What I write meanwhile');
    await page.reload();
    await page.getByRole('article', { name: 'Question' }).getByText('What is a router?').waitFor();
    await note.getByText('of memory;').waitFor();
    expect(await composer(page).inputValue()).toBe('What I write meanwhile');
    expect(problems).toEqual([]);
  });

  it('is told once in the Models view, where another one can be chosen', async (context) => {
    context.skip(noSparseFiles !== undefined, noSparseFiles);
    const host = await hostWithOversizedModel();
    const { page } = await openPage(browser, context, host.url);
    await page.getByRole('link', { name: 'Models' }).click();
    const choose = page.getByRole('button', { name: 'Use this model' });
    await page.getByRole('alert').getByText('of memory;').waitFor();
    await choose.first().click();
    await page.getByRole('alert').getByText('of memory;').waitFor();
    await choose.nth(1).waitFor();
    expect(await page.getByRole('alert').count()).toBe(1);
    await choose.nth(1).click();
    await page.getByRole('button', { name: 'Unload' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});
