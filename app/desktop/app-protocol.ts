/**
 * Serves the interface's bundle under `app://moewe/` instead of `file://`: the page has an origin of
 * its own and can reach nothing but the bundle.
 */
import { protocol } from 'electron';
import { bundleFile } from '../core/bundle-files.ts';
import { pageHeaders } from '../core/page-policy.ts';

const scheme = 'app';
const host = 'moewe';

/** The interface's origin. */
export const pageOrigin = `${scheme}://${host}`;

/** Has to run before the app is ready (electron.d.ts, `registerSchemesAsPrivileged`). */
export function registerAppScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true };
  protocol.registerSchemesAsPrivileged([{ scheme, privileges }]);
}

/** Answers every request under the scheme from `folder`. */
export function serveBundle(folder: string): void {
  protocol.handle(scheme, (request) => answerFromBundle(folder, request));
}

/** The file for a request; 404 for anything that is not the bundle's. */
export async function answerFromBundle(folder: string, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const readable = request.method === 'GET' && url.host === host;
  const file = readable ? await bundleFile(folder, url.pathname) : null;
  if (file === null) return new Response(null, { status: 404, headers: { ...pageHeaders } });
  return new Response(file.body, { headers: { ...pageHeaders, 'Content-Type': file.type } });
}
