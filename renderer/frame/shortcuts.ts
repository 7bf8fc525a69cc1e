/** The keys that work everywhere in the interface. */

/** What the keys do. */
export interface ShortcutActions {
  readonly newChat: () => void;
  readonly search: () => void;
  readonly models: () => void;
  readonly settings: () => void;
  readonly inspector: () => void;
}

const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator.platform);

/**
 * A listener for the window's `keydown`. Browsers keep Ctrl+N for themselves, so a new chat has
 * Ctrl+Shift+O as well, which other chat interfaces use.
 */
export function shortcuts(actions: ShortcutActions): (event: KeyboardEvent) => void {
  const actionByKey = new Map([
    ['n', actions.newChat],
    ['shift o', actions.newChat],
    ['k', actions.search],
    ['shift m', actions.models],
    [',', actions.settings],
    ['i', actions.inspector],
  ]);
  return (event) => {
    if (!(isMac ? event.metaKey : event.ctrlKey) || event.altKey) return;
    const key = `${event.shiftKey ? 'shift ' : ''}${event.key.toLowerCase()}`;
    const action = actionByKey.get(key);
    if (!action) return;
    event.preventDefault();
    action();
  };
}

/** A shortcut as it is written on this system: `Ctrl K`, `⌘ K`. */
export function shortcutLabel(keys: string): string {
  return `${isMac ? '⌘' : 'Ctrl'} ${keys}`;
}
