/** `npm run screenshots`: pictures of the real app with real answers of the starter model. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { homeAt } from '../app/core/home.ts';
import { startBrowser } from '../tests/fixtures/browser.ts';
import { appFolder, buildIfStale } from './build.mjs';

await buildIfStale();
const { startBrowserHost } = await import('../dist/hosts/web.mjs');
const home = mkdtempSync(join(tmpdir(), 'moewe-pictures-'));
const host = await startBrowserHost({ appFolder, home: homeAt(home), threads: 1 });
const { browser, missing } = await startBrowser();
if (!browser) throw new Error(missing);
const folder = join(appFolder, 'docs', 'screenshots');
mkdirSync(folder, { recursive: true });

const wide = { width: 1280, height: 800 };
const narrow = { width: 390, height: 780 };
const english = ['What is Mixture-of-Experts?', 'Why is MoE cheap?', 'What is a photon?'];
const modelPage = '#/models/starter';
const german = ['Was ist Mixture-of-Experts?', 'Warum ist MoE schnell?'];

await picture('light', { viewport: wide, locale: 'en-US', colorScheme: 'light' }, english);
await picture('dark', { viewport: wide, locale: 'de-DE', colorScheme: 'dark' }, german);
await picture('empty', { viewport: wide, locale: 'en-US', colorScheme: 'light' }, []);
await picture('narrow', { viewport: narrow, locale: 'de-DE', colorScheme: 'light' }, german);
await picture('models', { viewport: wide, locale: 'en-US', colorScheme: 'dark' }, [], '#/models');
await picture('model', { viewport: wide, locale: 'en-US', colorScheme: 'light' }, [], modelPage);
// Last: the inspector stays open.
const inspected = { viewport: wide, locale: 'de-DE', colorScheme: 'light', inspector: true };
await picture('inspector', inspected, german);

await browser.close();
await host.close();
rmSync(home, { recursive: true, force: true, maxRetries: 5 });
process.exit(0);

/** Asks the questions in one chat and takes the picture. */
async function picture(name, { inspector = false, ...options }, questions, fragment = '#/') {
  const context = await browser.newContext({ ...options, deviceScaleFactor: 2 });
  const page = await context.newPage();
  await page.goto(host.url);
  await page.goto(`${new URL(host.url).origin}/${fragment}`);
  await page.locator('main').waitFor();
  for (const [index, question] of questions.entries()) {
    await page.getByRole('textbox').fill(question);
    await page.keyboard.press('Enter');
    await page.locator('article footer').nth(index).waitFor();
  }
  if (fragment === modelPage) await page.locator('.columns').waitFor();
  if (inspector) await page.keyboard.press('Control+i');
  await page.mouse.move(0, 0);
  await page.waitForTimeout(800);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await context.close();
}
