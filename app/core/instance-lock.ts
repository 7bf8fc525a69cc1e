/**
 * One home, one running interface. A file in the home names the process that holds it; a holder
 * that died (crash, power cut) is recognised and replaced. Terminal commands that only ask or list
 * do not need the lock.
 */
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { z } from 'zod';
import { MoeweError } from '../contract/errors.ts';
import { diskError } from './disk-error.ts';
import type { Home } from './home.ts';
import { processStart } from './process-start.ts';

/** What the holder writes: `start` tells a living holder from another process with its old id. */
const holder = z.object({
  processId: z.number().int().positive(),
  start: z.string().nullable(),
  url: z.string(),
});
type Holder = z.infer<typeof holder>;

/** A held home. */
export interface HomeHold {
  /** Writes the address under which the interface can be reached, for a second start. */
  announce(url: string): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes the home for this process. Throws `alreadyRunning` with the holder's address (readable by
 * this user only) when another living process has it.
 */
export async function holdHome(home: Home, { url }: { url: string }): Promise<HomeHold> {
  try {
    await mkdir(home.folder, { recursive: true });
    const self: Holder = { processId: process.pid, start: await processStart(process.pid), url };
    await take(home, self, 2);
    return {
      announce: (address) => write(home, { ...self, url: address }, 'w'),
      release: () => rm(home.lock, { force: true }),
    };
  } catch (thrown) {
    throw diskError(thrown, home.folder);
  }
}

async function take(home: Home, self: Holder, attempts: number): Promise<void> {
  try {
    await write(home, self, 'wx');
  } catch (thrown) {
    if (!isCode(thrown, 'EEXIST') || attempts === 0) throw thrown;
    const other = await readHolder(home);
    if (other !== null && (await isAlive(other))) {
      const { processId, url } = other;
      throw new MoeweError('alreadyRunning', { home: home.folder, processId, url });
    }
    await rm(home.lock, { force: true });
    await take(home, self, attempts - 1);
  }
}

async function write(home: Home, content: Holder, flags: 'w' | 'wx'): Promise<void> {
  // The address carries a token: only this user may read it.
  const file = await open(home.lock, flags, 0o600);
  try {
    await file.writeFile(JSON.stringify(content));
  } finally {
    await file.close();
  }
}

async function readHolder(home: Home): Promise<Holder | null> {
  try {
    return holder.parse(JSON.parse(await readFile(home.lock, 'utf8')));
  } catch {
    return null;
  }
}

async function isAlive({ processId, start }: Holder): Promise<boolean> {
  if (processId === process.pid) return false;
  try {
    process.kill(processId, 0);
  } catch (thrown) {
    // EPERM: it lives and belongs to another user.
    return isCode(thrown, 'EPERM');
  }
  return start === null || start === (await processStart(processId));
}

function isCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code;
}
