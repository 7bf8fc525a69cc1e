/**
 * Keeps the evaluated state of a conversation on the disk while another one is answered, so that two
 * chats that take turns are not read from their beginning again and again. The files belong to one
 * model file and one conversation each; the core deletes them with the chat.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The sequence whose state is kept. */
export interface SequenceState {
  /** Tokens in it. */
  length(): number;
  save(path: string): Promise<void>;
  load(path: string): Promise<void>;
}

/** Fewer tokens are evaluated sooner than written and read. */
const fewestTokens = 64;

/** All states together; the longest unused go first. */
const folderLimitBytes = 4 * 1024 * 1024 * 1024;

const suffix = '.state';

export class KeptConversations {
  readonly #folder: string | null;
  readonly #modelKey: string;
  readonly #state: SequenceState;
  #current: string | null = null;

  /** `model` names everything that a state depends on: file, context size, type of the KV cache. */
  constructor(folder: string | null, model: readonly (string | number)[], state: SequenceState) {
    this.#folder = folder;
    this.#modelKey = shortHash(JSON.stringify(model));
    this.#state = state;
  }

  /**
   * Puts the state of another conversation in place, as far as there is one; without one the
   * sequence stays as it is. What can't be written or read is only slower.
   */
  async switchTo(conversationId: string | null): Promise<void> {
    if (this.#folder === null || conversationId === this.#current) return;
    if (this.#current !== null && this.#state.length() >= fewestTokens) {
      await this.#save(this.#folder, this.#current);
    }
    this.#current = conversationId;
    if (conversationId === null) return;
    const path = this.#path(this.#folder, conversationId);
    if (!existsSync(path)) return;
    try {
      await this.#state.load(path);
    } catch {
      await rm(path, { force: true });
    }
  }

  /** A conversation that was deleted leaves nothing behind. */
  async forget(conversationId: string): Promise<void> {
    if (this.#current === conversationId) this.#current = null;
    if (this.#folder === null) return;
    await rm(this.#path(this.#folder, conversationId), { force: true });
  }

  #path(folder: string, conversationId: string): string {
    return join(folder, `${safeName(conversationId)}.${this.#modelKey}${suffix}`);
  }

  /** Written under another name first: a half-written state is never read. */
  async #save(folder: string, conversationId: string): Promise<void> {
    const path = this.#path(folder, conversationId);
    try {
      await mkdir(folder, { recursive: true });
      await this.#state.save(`${path}.part`);
      await rename(`${path}.part`, path);
      await makeRoom(folder);
    } catch {
      await rm(`${path}.part`, { force: true });
    }
  }
}

/** Deletes the oldest states until all of them fit into the limit. */
async function makeRoom(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(suffix));
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const { size, mtimeMs } = await stat(path);
      return { path, size, mtimeMs };
    }),
  );
  const newestFirst = files.toSorted((a, b) => b.mtimeMs - a.mtimeMs);
  let bytes = 0;
  for (const { path, size } of newestFirst) {
    bytes += size;
    if (bytes > folderLimitBytes) await rm(path, { force: true });
  }
}

/** Ids are made by us, but a name of a file is not the place to trust that. */
function safeName(id: string): string {
  return /^[\w-]{1,64}$/.test(id) ? id : shortHash(id);
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
