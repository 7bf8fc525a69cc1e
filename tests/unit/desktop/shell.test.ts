import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { assistantContract } from '../../../app/contract/assistant.ts';
import { mainPortChannel } from '../../../app/contract/page-port.ts';
import { answerFromBundle } from '../../../app/desktop/app-protocol.ts';
import { desktopHost } from '../../../app/desktop/desktop-host.ts';
import { runDesktop } from '../../../app/desktop/desktop.ts';
import { setApplicationMenu } from '../../../app/desktop/menu.ts';
import { portOf } from '../../../app/desktop/renderer-port.ts';
import { utilityEngineProcess } from '../../../app/desktop/utility-engine-process.ts';
import { connect } from '../../../app/rpc/connect.ts';
import * as electron from '../../fixtures/electron/stand-in.ts';

vi.mock('electron', async () => import('../../fixtures/electron/stand-in.ts'));

const appFolder = fileURLToPath(new URL('../../..', import.meta.url));
const { app, dialog, ipcMain, session, shell, StandInPort, BrowserWindow } = electron;

function temporaryHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'moewe-desktop-'));
  vi.stubEnv('MOEWE_HOME', home);
  onTestFinished(async () => {
    const exits = app.exits.length;
    app.emit('before-quit', { preventDefault: () => undefined });
    await vi.waitFor(() => expect(app.exits.length).toBeGreaterThanOrEqual(exits));
    vi.unstubAllEnvs();
    rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  });
  return home;
}

/** The page's end of a port that the shell has accepted. */
function pagePort(window: electron.BrowserWindow, origin = 'app://moewe') {
  const [page, main] = StandInPort.pair();
  const { webContents } = window;
  webContents.mainFrame.origin = origin;
  const event = { sender: webContents, senderFrame: webContents.mainFrame, ports: [main] };
  ipcMain.emit(mainPortChannel, event);
  return page;
}

function clientOf(port: electron.StandInPort) {
  return connect(assistantContract, portOf(port as unknown as Electron.MessagePortMain));
}

async function startedWindow(): Promise<electron.BrowserWindow> {
  await runDesktop(appFolder);
  const window = BrowserWindow.all.at(-1);
  if (!window) throw new Error('no window was opened');
  return window;
}

beforeEach(() => {
  app.removeAllListeners();
  ipcMain.removeAllListeners();
  app.isFirst = true;
  app.exits.length = 0;
  dialog.errors.length = 0;
  BrowserWindow.all.length = 0;
});

describe('the desktop app', () => {
  it('opens a sandboxed window on its own scheme and shows it when it is ready', async () => {
    const home = temporaryHome();
    const window = await startedWindow();
    expect(app.paths.get('userData')).toBe(home);
    expect(window.loaded).toBe('app://moewe/');
    expect(window.options).toMatchObject({
      show: false,
      backgroundColor: '#FAF9F6',
      webPreferences: {
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        spellcheck: false,
      },
    });
    expect(window.calls).toEqual([]);
    window.emit('ready-to-show');
    expect(window.calls).toEqual(['show']);
  });

  it('answers its page over a port, and closes the old port when the page was reloaded', async () => {
    temporaryHome();
    const window = await startedWindow();
    const first = pagePort(window);
    await expect(clientOf(first).app.about()).resolves.toMatchObject({ host: 'desktop' });
    const second = pagePort(window);
    expect(first.closed).toBe(true);
    await expect(clientOf(second).host.capabilities()).resolves.toEqual({
      pickFile: true,
      showFile: true,
    });
  });

  it('gives no port to a page of another origin', async () => {
    temporaryHome();
    const window = await startedWindow();
    const port = pagePort(window, 'https://evil.example');
    const answered = vi.fn();
    void clientOf(port).app.about().then(answered, answered);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(answered).not.toHaveBeenCalled();
  });

  it('lets no page go elsewhere, open windows or embed others', async () => {
    temporaryHome();
    const { webContents } = await startedWindow();
    const preventDefault = vi.fn();
    webContents.emit('will-navigate', { url: 'https://evil.example/', preventDefault });
    webContents.emit('will-frame-navigate', { isMainFrame: false, preventDefault });
    webContents.emit('will-attach-webview', { preventDefault });
    expect(preventDefault).toHaveBeenCalledTimes(3);
    webContents.emit('will-navigate', { url: 'app://moewe/', preventDefault });
    expect(preventDefault).toHaveBeenCalledTimes(3);
    expect(webContents.openHandler?.({ url: 'https://example.org' })).toEqual({ action: 'deny' });
  });

  it.each(['media', 'geolocation', 'notifications', 'openExternal', 'fullscreen', 'hid'])(
    'denies the permission %s',
    async (permission) => {
      temporaryHome();
      await startedWindow();
      const answer = vi.fn();
      session.defaultSession.request?.({}, permission, answer);
      expect(answer).toHaveBeenCalledWith(false);
      expect(session.defaultSession.check?.({}, permission)).toBe(false);
      expect(session.defaultSession.device?.()).toBe(false);
    },
  );

  it('brings its window to the front when it is started a second time', async () => {
    temporaryHome();
    const window = await startedWindow();
    app.emit('second-instance');
    expect(window.calls).toEqual(['show', 'focus']);
    expect(BrowserWindow.all).toHaveLength(1);
  });

  it('ends at once when another one runs', async () => {
    app.isFirst = false;
    const before = app.quits;
    await runDesktop(appFolder);
    expect(app.quits).toBe(before + 1);
    expect(BrowserWindow.all).toEqual([]);
  });

  it('says in words why it could not start', async () => {
    const home = temporaryHome();
    const holder = { processId: process.ppid, start: null, url: 'http://127.0.0.1:1/' };
    writeFileSync(join(home, 'moewe.lock'), JSON.stringify(holder));
    await runDesktop(appFolder);
    expect(dialog.errors).toEqual([
      ['Moewe konnte nicht starten', expect.stringContaining('Moewe läuft bereits')],
    ]);
    expect(app.exits).toContain(1);
  });

  it('closes what it keeps before it ends', async () => {
    temporaryHome();
    await startedWindow();
    app.quit();
    await vi.waitFor(() => expect(app.exits).toEqual([0]));
  });

  it('remembers where its window was', async () => {
    temporaryHome();
    const first = await startedWindow();
    first.emit('close');
    app.quit();
    await vi.waitFor(() => expect(app.exits).toEqual([0]));
    app.removeAllListeners();
    ipcMain.removeAllListeners();
    const second = await startedWindow();
    expect(second.options).toMatchObject({ x: 10, y: 20, width: 900, height: 700 });
  });
});

describe("the bundle's protocol", () => {
  const folder = join(appFolder, 'dist', 'renderer');
  const get = (url: string, init?: RequestInit) => answerFromBundle(folder, new Request(url, init));

  it('serves the page under a strict policy', async () => {
    const response = await get('app://moewe/');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(await response.text()).toContain('<div id="app">');
  });

  it.each([
    'app://moewe/%2e%2e/%2e%2e/package.json',
    'app://moewe/..%5c..%5cpackage.json',
    'app://moewe/%00',
    'app://other/',
    'app://moewe/none.js',
  ])('has nothing at %s', async (url) => {
    expect((await get(url)).status).toBe(404);
  });

  it('is only read', async () => {
    expect((await get('app://moewe/', { method: 'POST' })).status).toBe(404);
  });
});

describe('the abilities of the desktop', () => {
  const host = desktopHost(() => 'en');

  it('open web and mail links and nothing else', async () => {
    await host.openExternal('https://example.org/');
    expect(shell.opened.at(-1)).toBe('https://example.org/');
    expect(() => host.openExternal('file:///etc/passwd')).toThrow(
      expect.objectContaining({ code: 'linkRefused' }),
    );
  });

  it('pick a file, or none', async () => {
    expect(await host.pickModelFile()).toBeNull();
    dialog.picked = { canceled: false, filePaths: ['/m.gguf'] };
    expect(await host.pickModelFile()).toBe('/m.gguf');
  });

  it('have a menu with the keys for copying, on each system', () => {
    setApplicationMenu('darwin');
    expect(electron.Menu.template.map(({ role }) => role)).toContain('appMenu');
    setApplicationMenu('linux');
    expect(electron.Menu.template.map(({ role }) => role)).toContain('editMenu');
  });
});

describe("the engine as Electron's utility process", () => {
  it('is started without a backtrace and reports its end with its last words', () => {
    const engine = utilityEngineProcess('/engine.mjs')();
    const child = electron.StandInUtilityProcess.all.at(-1);
    const received: unknown[] = [];
    const exits: unknown[] = [];
    engine.onMessage((message) => received.push(message));
    engine.onExit((exit) => exits.push(exit));
    engine.send({ hello: 1 });
    child?.emit('message', { there: 2 });
    child?.stderr.emit('data', Buffer.from('GGML_ASSERT failed'));
    child?.emit('exit', 6);
    engine.send({ late: 3 });
    expect(child?.options).toMatchObject({ env: { GGML_NO_BACKTRACE: '1' } });
    expect(child?.sent).toEqual([{ hello: 1 }]);
    expect(received).toEqual([{ there: 2 }]);
    expect(exits).toEqual([{ exit: 'code 6', lastWords: 'GGML_ASSERT failed' }]);
  });
});
