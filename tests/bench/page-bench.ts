/** The whole path: browser host as a process, WebSocket, a real page; and how soon it is ready. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { WebSocket } from 'ws';
import { assistantContract, type AssistantContract } from '../../app/contract/assistant.ts';
import { connect, type Client } from '../../app/rpc/connect.ts';
import { socketPort } from '../../app/web/socket-port.ts';
import { startBrowser } from '../fixtures/browser.ts';
import { median } from './median.ts';

const command = fileURLToPath(new URL('../../bin/moewe.mjs', import.meta.url));
const runs = 5;

type Core = Client<AssistantContract>;

/** The question of the engine's bench. */
const longQuestion = {
  text: 'Tell me',
  sampling: { temperature: 5, topK: 400, topP: 1, minP: 0, seed: 3 },
  maxTokens: 400,
};

export interface PageBench {
  readonly tokensPerSecond: number;
  readonly readyMs: number;
  readonly firstTokenMs: number;
  readonly hostBytes: number;
  readonly skipped?: string;
}

/** Medians of five runs. */
export async function benchPage(): Promise<PageBench> {
  const { browser, missing } = await startBrowser();
  const nothing = { tokensPerSecond: 0, readyMs: 0, firstTokenMs: 0, hostBytes: 0 };
  if (!browser) return { ...nothing, skipped: missing };
  const home = mkdtempSync(join(tmpdir(), 'moewe-bench-'));
  const page = await browser.newPage();
  const readyMs: number[] = [];
  let host = await startHost(home);
  for (let run = 0; run < runs; run += 1) {
    host.child.kill('SIGTERM');
    await host.ended;
    const begin = performance.now();
    host = await startHost(home);
    await page.goto(host.url);
    await page.getByRole('textbox').waitFor();
    readyMs.push(performance.now() - begin);
  }
  await page.getByRole('textbox').fill('What is a router?');
  await page.keyboard.press('Enter');
  await page.locator('article footer').waitFor();
  const beside = await coreBeside(page);
  const figures: { speed: number; firstMs: number }[] = [];
  for (let run = 0; run <= runs; run += 1) figures.push(await askOnPage(page, beside.core));
  beside.close();
  const hostBytes = residentBytes(host.child);
  host.child.kill('SIGTERM');
  await host.ended;
  await browser.close();
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  const counted = figures.slice(1);
  return {
    tokensPerSecond: median(counted.map(({ speed }) => speed)),
    firstTokenMs: median(counted.map(({ firstMs }) => firstMs)),
    readyMs: median(readyMs),
    hostBytes,
  };
}

async function startHost(home: string) {
  const words = ['serve', '--json', '--home', home, '--threads', '1'];
  const child = spawn(process.execPath, [command, ...words], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const url = await new Promise<string>((resolve) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      if (text.includes('\n')) resolve((JSON.parse(text) as { url: string }).url);
    });
  });
  return { child, ended, url };
}

/**
 * Lets an answer of 400 tokens be written into the chat that the page shows, and times it in the
 * page itself: tokens over the time from the first text to the finished answer.
 */
async function askOnPage(page: Page, core: Core): Promise<{ speed: number; firstMs: number }> {
  const chatId = decodeURIComponent(page.url().split('/').at(-1) ?? '');
  const timed = page.evaluate(
    () =>
      new Promise<{ firstMs: number; lastMs: number }>((resolve) => {
        const begin = performance.now();
        const shows = (part: string) => document.querySelector(`article ${part}`) !== null;
        let begun = false;
        let firstMs = 0;
        const observer = new MutationObserver(() => {
          // The new branch takes the place of the old one: its answer has no statistics yet.
          begun ||= !shows('footer');
          if (!begun) return;
          if (firstMs === 0 && shows('.text .markdown')) firstMs = performance.now() - begin;
          if (!shows('footer')) return;
          observer.disconnect();
          resolve({ firstMs, lastMs: performance.now() - begin });
        });
        observer.observe(document.body, { subtree: true, childList: true });
      }),
  );
  // From the chat's beginning each time, so that every run has the same prompt.
  await core.answers.ask({ ...longQuestion, chatId, parentId: null });
  const { firstMs, lastMs } = await timed;
  const { messages } = await core.chats.show({ id: chatId });
  const status = messages.at(-1)?.status;
  const tokens = status?.state === 'finished' ? (status.stats?.answerTokens ?? 0) : 0;
  return { speed: (tokens / (lastMs - firstMs)) * 1000, firstMs };
}

/** A second connection with the page's cookie, to ask with a sampling that the page has no field for. */
async function coreBeside(page: Page): Promise<{ core: Core; close: () => void }> {
  const origin = new URL(page.url()).origin;
  const cookies = await page.context().cookies();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/socket`, {
    headers: { cookie, origin },
  });
  await new Promise((resolve) => socket.once('open', resolve));
  return { core: connect(assistantContract, socketPort(socket)), close: () => socket.close() };
}

function residentBytes({ pid }: ChildProcess): number {
  try {
    const status = readFileSync(`/proc/${pid ?? 0}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
