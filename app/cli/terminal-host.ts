/** What the terminal can do for the assistant: nothing but ask. */
import { MoeweError } from '../contract/errors.ts';
import type { Host } from '../core/host.ts';

function notOffered(ability: string): () => Promise<never> {
  return () => Promise.reject(new MoeweError('notOffered', { ability }));
}

export const terminalHost: Host = {
  kind: 'terminal',
  capabilities: { pickFile: false, showFile: false },
  openExternal: notOffered('openExternal'),
  pickModelFile: notOffered('pickFile'),
  showFile: notOffered('showFile'),
};
