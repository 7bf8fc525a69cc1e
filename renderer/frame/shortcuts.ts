/** The keys that work everywhere in the interface. */

/** What the keys do. */
export interface ShortcutActions {
  newChat(): void;
  search(): void;
  models(): void;
  settings(): void;
}

const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator.platform);

/**
 * A listener for the window's `keydown`. Browsers keep Ctrl+N for themselves, so a new chat has
 * Ctrl+Shift+O as well, which other chat interfaces use.
 */
export function shortcuts(actions: ShortcutActions): (event: KeyboardEvent) => void {
  return (event) => {
    if (!(isMac ? event.metaKey : event.ctrlKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    const action =
      (key === 'n' && !event.shiftKey) || (key === 'o' && event.shiftKey)
        ? actions.newChat
        : key === 'k'
          ? actions.search
          : key === ','
            ? actions.settings
            : key === 'm' && event.shiftKey
              ? actions.models
              : undefined;
    if (!action) return;
    event.preventDefault();
    action();
  };
}

/** A shortcut as it is written on this system: `Ctrl K`, `⌘ K`. */
export function shortcutLabel(keys: string): string {
  return `${isMac ? '⌘' : 'Ctrl'} ${keys}`;
}
