/**
 * Takes from every page what it does not need: going elsewhere, opening windows, embedding others,
 * and every permission. Links leave the app through `host.openExternal` only.
 */
import type { App, Session, WebContents } from 'electron';
import { pageOrigin } from './app-protocol.ts';

/** Applies to every page that the app will ever have. Call before the first window. */
export function restrictPages(app: Pick<App, 'on'>): void {
  app.on('web-contents-created', (_, contents) => restrictPage(contents));
}

function restrictPage(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', (details) => {
    // A reload stays within the bundle. Node's URL gives schemes like ours no origin to compare.
    if (!details.url.startsWith(`${pageOrigin}/`)) details.preventDefault();
  });
  contents.on('will-frame-navigate', (details) => {
    if (!details.isMainFrame) details.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
}

/** What the page may do beyond an ordinary page: copy, when the person asks for it. */
const allowedPermissions = new Set(['clipboard-sanitized-write']);

/** Denies permissions and devices by default. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_, permission, answer) => {
    answer(allowedPermissions.has(permission));
  });
  session.setPermissionCheckHandler((_, permission) => allowedPermissions.has(permission));
  session.setDevicePermissionHandler(() => false);
}
