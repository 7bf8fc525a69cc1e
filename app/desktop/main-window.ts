/** The main window: created hidden, shown when it has something to show, remembered when it closes. */
import { join } from 'node:path';
import { BrowserWindow, nativeTheme, screen } from 'electron';
import type { Home } from '../core/home.ts';
import { pageOrigin } from './app-protocol.ts';
import { fittingArea, readWindowState, saveWindowState, smallestWindow } from './window-state.ts';

/** The grounds of `renderer/styles/tokens.css`, so that no other colour flashes before the page. */
const ground = { light: '#FAF9F6', dark: '#11181B' };

/** Opens the main window. `preload` is the path of the preload script. */
export function openMainWindow(home: Home, preload: string): BrowserWindow {
  const stateFile = join(home.folder, 'window.json');
  const saved = readWindowState(stateFile);
  const window = new BrowserWindow({
    ...fittingArea(saved?.area, workAreas()),
    minWidth: smallestWindow.width,
    minHeight: smallestWindow.height,
    title: 'Moewe',
    show: false,
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? ground.dark : ground.light,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      // Its dictionaries would be fetched from the network.
      spellcheck: false,
    },
  });
  if (saved?.maximised) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    const area = window.getNormalBounds();
    saveWindowState(stateFile, { area, maximised: window.isMaximized() });
  });
  void window.loadURL(`${pageOrigin}/`);
  return window;
}

/** Brings a window to the front, wherever it is. */
export function focusWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

function workAreas() {
  const primary = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id);
  return [primary, ...others].map(({ workArea }) => workArea);
}
