import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { holdHome } from '../../../app/core/instance-lock.ts';
import { processStart } from '../../../app/core/process-start.ts';
import { temporaryHome } from './temporary-home.ts';

function otherProcess(): number {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  onTestFinished(() => void child.kill('SIGKILL'));
  return child.pid ?? 0;
}

async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

describe('the hold on a home', () => {
  it('keeps a second process out and tells it where the first can be reached', async () => {
    const home = temporaryHome();
    const processId = otherProcess();
    const start = await processStart(processId);
    writeFileSync(home.lock, JSON.stringify({ processId, start, url: 'http://127.0.0.1:1/' }));
    await expect(holdHome(home, { url: '' })).rejects.toMatchObject({
      code: 'alreadyRunning',
      data: { home: home.folder, processId, url: 'http://127.0.0.1:1/' },
    });
  });

  it('is taken over from a process that ended without letting go', async () => {
    const home = temporaryHome();
    const processId = await endedProcess();
    writeFileSync(home.lock, JSON.stringify({ processId, start: null, url: '' }));
    const hold = await holdHome(home, { url: '' });
    expect(JSON.parse(readFileSync(home.lock, 'utf8'))).toMatchObject({ processId: process.pid });
    await hold.release();
  });

  it.runIf(process.platform === 'linux')(
    'is taken over when the id now belongs to another process',
    async () => {
      const home = temporaryHome();
      const processId = otherProcess();
      writeFileSync(home.lock, JSON.stringify({ processId, start: 'an earlier boot', url: '' }));
      await expect(holdHome(home, { url: '' })).resolves.toBeDefined();
    },
  );

  it('is taken over when what was written there makes no sense', async () => {
    const home = temporaryHome();
    writeFileSync(home.lock, 'half a js');
    await expect(holdHome(home, { url: '' })).resolves.toBeDefined();
  });

  it('announces an address that only this user may read', async () => {
    const home = temporaryHome();
    const hold = await holdHome(home, { url: '' });
    await hold.announce('http://127.0.0.1:9/open/secret');
    expect(JSON.parse(readFileSync(home.lock, 'utf8'))).toMatchObject({
      url: 'http://127.0.0.1:9/open/secret',
    });
    expect(statSync(home.lock).mode & 0o077).toBe(0);
  });

  it('can be taken again after it was released', async () => {
    const home = temporaryHome();
    const hold = await holdHome(home, { url: '' });
    await hold.release();
    await expect(holdHome(home, { url: '' })).resolves.toBeDefined();
  });

  it('says that a home which cannot be written cannot be held', async () => {
    const home = temporaryHome();
    mkdirSync(home.lock);
    await expect(holdHome(home, { url: '' })).rejects.toMatchObject({ code: 'diskNotWritable' });
  });
});
