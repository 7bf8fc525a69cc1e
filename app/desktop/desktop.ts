/** The desktop app from its start to its end. `main.ts` calls it; tests call it with a stand-in. */
import { app, dialog, session, type BrowserWindow } from 'electron';
import { errorFactsOf } from '../contract/errors.ts';
import { appPlaces, type AppPlaces } from '../core/app-places.ts';
import { openAssistant, type Assistant } from '../core/assistant.ts';
import { defaultHomeFolder, homeAt, type Home } from '../core/home.ts';
import { holdHome } from '../core/instance-lock.ts';
import { errorSentence } from '../words/error-sentence.ts';
import { m } from '../words/generated/messages.js';
import { localeFor } from '../words/locale.ts';
import { registerAppScheme, serveBundle } from './app-protocol.ts';
import { desktopHost } from './desktop-host.ts';
import { focusWindow, openMainWindow } from './main-window.ts';
import { setApplicationMenu } from './menu.ts';
import { servePages } from './renderer-port.ts';
import { denyPermissions, restrictPages } from './security.ts';
import { utilityEngineProcess } from './utility-engine-process.ts';

const systemLocale = () => localeFor(app.getPreferredSystemLanguages());

/** Starts the app, or hands over to the one that runs already. `appFolder` holds package.json. */
export async function runDesktop(appFolder: string): Promise<void> {
  const home = homeAt(defaultHomeFolder());
  app.setPath('userData', home.folder);
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  registerAppScheme();
  restrictPages(app);
  await app.whenReady();
  try {
    await open(home, appPlaces(appFolder));
  } catch (thrown) {
    const locale = systemLocale();
    const { happened, todo } = errorSentence(errorFactsOf(thrown), locale);
    dialog.showErrorBox(m.desktop_start_failed({}, { locale }), `${happened}\n${todo}`);
    app.exit(1);
  }
}

async function open(home: Home, places: AppPlaces): Promise<void> {
  const hold = await holdHome(home, { url: '' });
  const assistant = openAssistant({
    home,
    resourcesFolder: places.resourcesFolder,
    version: places.version,
    host: desktopHost(systemLocale),
    startEngineProcess: utilityEngineProcess(places.engineEntry),
    holdsLock: true,
    preloadsModel: true,
  });
  denyPermissions(session.defaultSession);
  serveBundle(places.rendererFolder);
  servePages((port) => assistant.serve(port));
  setApplicationMenu();
  keepWindow(() => openMainWindow(home, places.preload));
  endCleanly(assistant, () => hold.release());
}

/** One main window: opened now, focused by a second start, opened again from the dock. */
function keepWindow(openWindow: () => BrowserWindow): void {
  let current: BrowserWindow | null = null;
  const show = () => {
    if (current) {
      focusWindow(current);
      return;
    }
    current = openWindow();
    current.on('closed', () => (current = null));
  };
  app.on('second-instance', show);
  app.on('activate', show);
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  show();
}

/** Answers in progress are kept before the app ends. */
function endCleanly(assistant: Assistant, release: () => Promise<void>): void {
  let closing = false;
  app.on('before-quit', (event) => {
    event.preventDefault();
    if (closing) return;
    closing = true;
    void assistant
      .close()
      .then(release)
      .finally(() => app.exit(0));
  });
}
