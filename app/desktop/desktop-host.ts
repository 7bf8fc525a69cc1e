/** What the desktop can do for the assistant. */
import { dialog, shell } from 'electron';
import { checkedLink } from '../core/checked-link.ts';
import type { Host } from '../core/host.ts';
import { m } from '../words/generated/messages.js';
import type { Locale } from '../words/locale.ts';

/** The host, speaking `locale` where the system's dialogues need words. */
export function desktopHost(locale: () => Locale): Host {
  return {
    kind: 'desktop',
    capabilities: { pickFile: true, showFile: true },
    // Checked by the core as well; nothing that opens programs relies on another's check.
    openExternal: (link) => shell.openExternal(checkedLink(link)),
    pickModelFile: async () => {
      const { canceled, filePaths } = await dialog.showOpenDialog({
        title: m.desktop_pick_model({}, { locale: locale() }),
        filters: [{ name: 'GGUF', extensions: ['gguf'] }],
        properties: ['openFile'],
      });
      return canceled ? null : (filePaths[0] ?? null);
    },
    showFile: (path) => {
      shell.showItemInFolder(path);
      return Promise.resolve();
    },
  };
}
