/** What the browser host can do: little, since the page itself opens links in new tabs. */
import { MoeweError } from '../contract/errors.ts';
import type { Host } from '../core/host.ts';

function notOffered(ability: string): () => Promise<never> {
  return () => Promise.reject(new MoeweError('notOffered', { ability }));
}

export const browserHost: Host = {
  kind: 'browser',
  capabilities: { pickFile: false, showFile: false },
  openExternal: notOffered('openExternal'),
  pickModelFile: notOffered('pickFile'),
  showFile: notOffered('showFile'),
};
