/** How links are opened: by the host where there is one, else by the browser in a new tab. */
import { getContext, hasContext, setContext } from 'svelte';

/** Opens an address outside the app. */
export type OpenLink = (address: string) => void;

const key = Symbol('open link');

/** Lets links below the calling component be opened by `open`. */
export function provideLinkOpener(open: OpenLink): void {
  setContext(key, open);
}

/** The opener, if one was provided; a link else behaves as in any page. */
export function linkOpener(): OpenLink | null {
  return hasContext(key) ? getContext<OpenLink>(key) : null;
}
