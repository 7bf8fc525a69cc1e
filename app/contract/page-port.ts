/**
 * How a page in the desktop app gets its port to the core: it asks the one function that the
 * preload script offers, and receives a window message with the port.
 */

/** The data of the window message that carries the port. */
export const pagePortMessage = 'moewe:port';

/** The channel on which the preload script hands the other end to the main process. */
export const mainPortChannel = 'moewe:port';

/** What the preload script adds to the page's `window`. */
export interface PageBridge {
  /** Asks for a new port; an earlier one of this page is closed. */
  requestPort(): void;
}

/** The name under which the bridge stands in `window`. */
export const pageBridgeName = 'moewe';
