/** The real browser host with the real starter model, and a page of the real Chromium on it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { onTestFinished, type TestContext } from 'vitest';
import { homeAt, type Home } from '../../app/core/home.ts';
import { openAssistant } from '../../app/core/assistant.ts';
import { appPlaces } from '../../app/core/app-places.ts';
import { browserHost } from '../../app/web/browser-host.ts';
import { startBrowserHost, type BrowserHostOptions } from '../../app/web/main.ts';
import { startServer } from '../../app/web/server.ts';
import type { TestBrowser } from '../fixtures/browser.ts';
import type { ScriptedEngine } from '../fixtures/scripted-engine.ts';

const appFolder = fileURLToPath(new URL('../..', import.meta.url));

/** A new home folder, gone when the test ends. */
export function testHome(): Home {
  const folder = mkdtempSync(join(tmpdir(), 'moewe-e2e-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return homeAt(folder);
}

/** Starts the host as `npm start` does, on one thread. */
export async function startTestHost(options: Partial<BrowserHostOptions> = {}) {
  const running = await startBrowserHost({ appFolder, home: testHome(), threads: 1, ...options });
  let closed = false;
  const close = async () => {
    if (!closed) await running.close();
    closed = true;
  };
  onTestFinished(close);
  return { ...running, close };
}

/** The real host around an engine that says what the test gives it. */
export async function startScriptedHost(engine: ScriptedEngine) {
  const { resourcesFolder, rendererFolder, version } = appPlaces(appFolder);
  const assistant = openAssistant({
    home: testHome(),
    resourcesFolder,
    version,
    host: browserHost,
    startEngineProcess: engine.start,
    threads: 1,
    holdsLock: true,
    preloadsModel: true,
  });
  const server = await startServer({ assistant, rendererFolder, host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    await server.close();
    await assistant.close();
  });
  return server;
}

/** A page with what went wrong in it; nothing may. */
export async function openPage(
  { browser, missing }: TestBrowser,
  context: TestContext,
  url: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; problems: string[] }> {
  if (!browser) return context.skip(missing);
  const pages = await browser.newContext({
    locale: 'en-US',
    viewport: { width: 1280, height: 860 },
    ...options,
  });
  onTestFinished(() => pages.close());
  await pages.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await pages.newPage();
  const problems: string[] = [];
  page.on('pageerror', ({ message }) => problems.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.goto(url);
  return { page, problems };
}

/** The field in which a question is written. */
export function composer(page: Page) {
  return page.getByRole('textbox', { name: /Ask anything|Fragen Sie/ });
}

/** Asks and waits until the answer and its statistics are there. */
export async function ask(page: Page, question: string): Promise<void> {
  const before = await page.locator('article footer').count();
  await composer(page).fill(question);
  await page.keyboard.press('Enter');
  await page.locator('article footer').nth(before).waitFor();
}
