import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestAssistant } from '../integration/core/open-assistant.ts';
import { startBrowser, type TestBrowser } from '../fixtures/browser.ts';
import { ask, composer, openPage, startTestHost, testHome } from './browser-host.ts';

let browser: TestBrowser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser.browser?.close());

describe('the interface in the browser', () => {
  it('answers a question and says what the answer cost', async (context) => {
    const host = await startTestHost();
    const { page, problems } = await openPage(browser, context, host.url);
    await ask(page, 'What is a router?');
    const answer = page.getByRole('article', { name: 'Answer' });
    await expect.poll(() => answer.textContent()).toContain('scores all experts');
    const stats = await page.getByRole('list', { name: 'What this answer cost' }).textContent();
    expect(stats).toMatch(/Starter MoE.*tokens\/s.*24 tokens.*first after.*million active/);
    expect(problems).toEqual([]);
  });

  it('does not keep the token in the address', async (context) => {
    const host = await startTestHost();
    const { page } = await openPage(browser, context, host.url);
    await composer(page).waitFor();
    expect(page.url()).not.toContain(host.url.split('/').at(-1));
  });

  it('takes a question before the model has loaded and answers it then', async (context) => {
    const host = await startTestHost();
    const { page } = await openPage(browser, context, host.url);
    await ask(page, 'What is an expert?');
    const answer = page.getByRole('article', { name: 'Answer' });
    await expect.poll(() => answer.textContent()).toContain('feed-forward');
  });

  it('keeps the chat over a reload and lists it', async (context) => {
    const host = await startTestHost();
    const { page } = await openPage(browser, context, host.url);
    await ask(page, 'What is a router?');
    await page.reload();
    await page.getByRole('article', { name: 'Answer' }).getByText('scores all experts').waitFor();
    await page.getByRole('link', { name: 'What is a router?' }).waitFor();
  });

  it('copies an answer', async (context) => {
    const host = await startTestHost();
    const { page } = await openPage(browser, context, host.url);
    await ask(page, 'What is a router?');
    await page
      .getByRole('article', { name: 'Answer' })
      .getByRole('button', { name: 'Copy' })
      .click();
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toContain('scores all experts');
  });

  it('answers again beside the first answer and moves between the two', async (context) => {
    const host = await startTestHost();
    const { page } = await openPage(browser, context, host.url);
    await ask(page, 'What is a router?');
    await page.getByRole('button', { name: 'Answer again' }).click();
    await page.getByText('2/2').waitFor();
    await page.getByRole('button', { name: 'Earlier version' }).click();
    await page.getByText('1/2').waitFor();
  });

  it('asks differently on a branch of its own', async (context) => {
    const host = await startTestHost();
    const { page } = await openPage(browser, context, host.url);
    await ask(page, 'What is a router?');
    await page.getByRole('article', { name: 'Question' }).hover();
    await page.getByRole('button', { name: 'Ask differently' }).click();
    await page.getByRole('textbox', { name: 'Ask differently' }).fill('What is an expert?');
    await page.keyboard.press('Enter');
    await page.getByText('feed-forward').waitFor();
    await page.getByText('2/2').waitFor();
  });

  it('can be used by keyboard alone', async (context) => {
    const host = await startTestHost();
    const { page } = await openPage(browser, context, host.url);
    await composer(page).waitFor();
    await page.keyboard.type('What is a router?');
    await page.keyboard.press('Enter');
    await page.locator('article footer').waitFor();
    await page.keyboard.press('Control+Shift+O');
    await page.getByRole('heading', { name: 'What would you like to know?' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('router');
    await page.locator('mark').first().waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('scores all experts').waitFor();
    await page.keyboard.press('Control+,');
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
  });

  it('speaks German where the system does, and switches at once', async (context) => {
    const host = await startTestHost();
    const { page } = await openPage(browser, context, host.url, { locale: 'de-DE' });
    await page.getByRole('heading', { name: 'Was möchten Sie wissen?' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    await page.getByRole('link', { name: 'Einstellungen' }).click();
    await page.getByText('English', { exact: true }).click();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
  });

  it('is dark where the system is, and light when the person says so', async (context) => {
    const host = await startTestHost();
    const { page } = await openPage(browser, context, host.url, { colorScheme: 'dark' });
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await ground()).toBe('rgb(17, 24, 27)');
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByText('Light', { exact: true }).click();
    await expect.poll(ground).toBe('rgb(250, 249, 246)');
  });

  it('renames and deletes a chat', async (context) => {
    const host = await startTestHost();
    const { page } = await openPage(browser, context, host.url);
    await ask(page, 'What is a router?');
    const menu = page.getByRole('button', { name: /What to do with/ });
    await menu.click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await page.getByRole('textbox', { name: 'Title' }).fill('Routers');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Routers' }).waitFor();
    await menu.click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { name: 'What would you like to know?' }).waitFor();
    expect(await page.getByRole('link', { name: 'Routers' }).count()).toBe(0);
  });

  it('attaches a text file and refuses one that is none', async (context) => {
    const host = await startTestHost();
    const { page } = await openPage(browser, context, host.url);
    await composer(page).waitFor();
    const picker = page.locator('input[type=file]');
    await picker.setInputFiles({ name: 'x.bin', mimeType: '', buffer: Buffer.from([1, 0, 2]) });
    await page.getByText('x.bin is not a text file.').waitFor();
    const notes = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('A note.') };
    await picker.setInputFiles(notes);
    await page.getByText('notes.txt').waitFor();
    await ask(page, 'What is a router?');
    await page.getByRole('article', { name: 'Question' }).getByText('notes.txt').waitFor();
  });

  it('says what to do when the file to import is no model', async (context) => {
    const home = testHome();
    const host = await startTestHost({ home });
    const path = `${home.folder}/notes.gguf`;
    writeFileSync(path, 'notes');
    const { page } = await openPage(browser, context, host.url);
    await page.getByRole('link', { name: 'Models' }).click();
    await page.getByRole('textbox', { name: 'Path of the GGUF file' }).fill(path);
    await page.getByRole('button', { name: 'Import' }).click();
    await page.getByText('is not a GGUF model file.').waitFor();
  });

  it('shows a full page when the database cannot be read, and the way out', async (context) => {
    const home = testHome();
    writeFileSync(home.database, 'not a database');
    const host = await startTestHost({ home });
    const { page } = await openPage(browser, context, host.url);
    await page.getByRole('heading', { name: 'Your chats could not be opened' }).waitFor();
    await page.getByRole('button', { name: 'Keep the file aside and start empty' }).click();
    await composer(page).waitFor();
  });

  it('connects again by itself after the host was gone', async (context) => {
    const home = testHome();
    const first = await startTestHost({ home });
    const port = Number(new URL(first.url).port);
    const { page } = await openPage(browser, context, first.url);
    await composer(page).fill('Half a question');
    await first.close();
    await page.getByText('The connection to Moewe is lost.').waitFor();
    expect(await composer(page).inputValue()).toBe('Half a question');
    const second = await startTestHost({ home, port });
    await page.goto(second.url);
    await expect.poll(() => composer(page).inputValue()).toBe('Half a question');
  });

  it('shows what was generated when Moewe ended in mid-answer', async (context) => {
    const home = testHome();
    const earlier = openTestAssistant({ home }).assistant;
    const sampling = { temperature: 5, topK: 0, minP: 0, topP: 1 };
    const { chatId } = await earlier.client.answers.ask({ text: 'Tell me', sampling });
    for await (const event of earlier.client.chats.open({ id: chatId })) {
      if (event.type === 'delta') break;
    }
    await earlier.close();
    const host = await startTestHost({ home });
    const { page } = await openPage(browser, context, host.url);
    await page.getByRole('link', { name: 'Tell me' }).click();
    await page.getByText('interrupted when Moewe closed').waitFor();
  });

  it('has no room that needs sideways scrolling on a narrow screen', async (context) => {
    const host = await startTestHost();
    const size = { viewport: { width: 360, height: 720 }, locale: 'de-DE' };
    const { page } = await openPage(browser, context, host.url, size);
    await ask(page, 'Was ist ein Router?');
    const overflow = () =>
      page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(await overflow()).toBeLessThanOrEqual(0);
    await page.getByRole('button', { name: 'Chats zeigen' }).click();
    await page.getByRole('link', { name: 'Modelle' }).click();
    await page.getByRole('heading', { name: 'Modelle', exact: true }).waitFor();
    expect(await overflow()).toBeLessThanOrEqual(0);
  });
});
