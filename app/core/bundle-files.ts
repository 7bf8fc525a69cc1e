/** Finds a file of the interface's bundle for a path that a page asks for. */
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';

/** A file as it is sent. */
export interface BundleFile {
  readonly body: Buffer<ArrayBuffer>;
  readonly type: string;
  /** True for files whose name carries their content's hash: they never change. */
  readonly immutable: boolean;
}

const types = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.woff2', 'font/woff2'],
  ['.woff', 'font/woff'],
  ['.ttf', 'font/ttf'],
  ['.json', 'application/json'],
  ['.txt', 'text/plain; charset=utf-8'],
]);

/** The file for a URL's path, `/` being the page itself; null where the bundle has none. */
export async function bundleFile(folder: string, urlPath: string): Promise<BundleFile | null> {
  const path = decoded(urlPath);
  if (path === null || path.includes('\0') || path.includes('\\')) return null;
  const file = normalize(join(folder, path === '/' ? 'index.html' : path));
  const type = types.get(extname(file));
  if (!file.startsWith(normalize(folder) + sep) || type === undefined) return null;
  try {
    const body = await readFile(file);
    return { body, type, immutable: path.startsWith('/assets/') };
  } catch {
    return null;
  }
}

function decoded(urlPath: string): string | null {
  try {
    return decodeURIComponent(urlPath);
  } catch {
    return null;
  }
}
