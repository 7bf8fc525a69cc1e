import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { electronExecutable } from '../../scripts/electron-runtime.mjs';
import { chooseHost } from '../../scripts/start-choice.mjs';

const appFolder = fileURLToPath(new URL('../..', import.meta.url));
const executablePath = electronExecutable();
const { host } = chooseHost({
  platform: process.platform,
  environment: { ...process.env, CI: '' },
  isRoot: process.getuid?.() === 0,
  words: [],
});

describe('the desktop app in Electron', () => {
  it('opens a window and answers a question', async (context) => {
    if (executablePath === null) context.skip("Electron's runtime is not installed");
    if (host !== 'desktop') context.skip('Electron cannot show a window here');
    const home = mkdtempSync(join(tmpdir(), 'moewe-electron-'));
    const electron = await _electron.launch({
      executablePath: executablePath ?? '',
      args: [appFolder],
      env: { ...(process.env as Record<string, string>), MOEWE_HOME: home },
    });
    onTestFinished(async () => {
      await electron.close();
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    });
    const page = await electron.firstWindow();
    await page.getByRole('textbox').fill('What is a router?');
    await page.keyboard.press('Enter');
    await page.getByText('scores all experts').waitFor();
    expect(page.url()).toMatch(/^app:\/\/moewe\//);
  });
});
