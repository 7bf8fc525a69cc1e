import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  growBeyondMemory,
  noSparseFiles,
  writeFittingModel,
} from '../../fixtures/oversized-model.ts';
import { starterModelPath } from '../engine/supervised-engine.ts';
import { writeAbortingModel } from '../../fixtures/gguf/aborting-model.ts';
import { temporaryHome } from '../core/temporary-home.ts';
import { run, start } from './command.ts';

const oneThread = ['--threads', '1'];

describe('moewe ask', () => {
  it('prints the document that scripts rely on', async () => {
    const words = ['ask', 'What is a photon?', '--json', ...oneThread];
    const { code, stdout } = await run(temporaryHome(), words);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      answer: expect.stringContaining('electromagnetic') as string,
      reasoning: '',
      stopReason: 'endOfAnswer',
      model: {
        id: 'starter',
        name: 'Starter MoE',
        architecture: 'deepseek',
        parameters: { total: 15_834_368, active: 5_512_448 },
        experts: { count: 16, used: 2, shared: 1 },
      },
      stats: {
        promptTokens: expect.any(Number) as number,
        answerTokens: expect.any(Number) as number,
        loadMs: expect.any(Number) as number,
        timeToFirstTokenMs: expect.any(Number) as number,
        promptTokensPerSecond: expect.any(Number) as number,
        tokensPerSecond: expect.any(Number) as number,
        threads: 1,
        backend: expect.stringMatching(/^(cpu|vulkan|cuda|metal)$/) as string,
      },
    });
  });

  it('prints only the answer to stdout', async () => {
    const { stdout } = await run(temporaryHome(), ['ask', 'What is a router?', ...oneThread]);
    expect(stdout).toMatch(/^The router is a small layer.*\n$/);
  });

  it('takes piped text as an attachment', async () => {
    const words = ['ask', 'What is a router?', '--json', ...oneThread];
    const { stdout } = await run(temporaryHome(), words, 'Some notes to look at.\n');
    const { stats } = JSON.parse(stdout) as { stats: { promptTokens: number } };
    expect(stats.promptTokens).toBeGreaterThan(25);
  });

  it('refuses piped data that is no text', async () => {
    const words = ['ask', 'What is this?', ...oneThread];
    const { code, stderr } = await run(temporaryHome(), words, Buffer.from([1, 0, 2]));
    expect(code).toBe(2);
    expect(stderr).toContain('is not a text file');
  });

  it('does not wait for a socket on which nothing comes', async () => {
    const { finished } = start(temporaryHome(), ['ask', 'What is a router?', ...oneThread], '');
    expect((await finished).code).toBe(0);
  });

  it('takes a model by its path', async () => {
    const words = ['ask', 'Hello', '--model', starterModelPath, '--json', ...oneThread];
    const { code, stdout } = await run(temporaryHome(), words);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ model: { name: 'Starter MoE' } });
  });

  it('gives the same answer for the same seed', async () => {
    const home = temporaryHome();
    const words = ['ask', 'Hello', '--temperature', '2', '--seed', '3', '--max-tokens', '20'];
    const one = await run(home, [...words, ...oneThread]);
    const two = await run(home, [...words, ...oneThread]);
    expect(two.stdout).toBe(one.stdout);
  });

  it('ends with 130 on Ctrl+C and keeps what was said', async () => {
    const home = temporaryHome();
    const words = ['ask', 'Tell me', '--temperature', '5', '--seed', '1', ...oneThread];
    const { child, finished, output } = start(home, words);
    await expect.poll(output, { timeout: 30_000, interval: 5 }).not.toBe('');
    child.kill('SIGINT');
    const { code } = await finished;
    const { stdout } = await run(home, ['chats', 'list', '--json']);
    const [chat] = JSON.parse(stdout) as { id: string }[];
    const shown = await run(home, ['chats', 'show', chat?.id ?? '']);
    expect([0, 130]).toContain(code);
    expect(shown.stdout).toContain(output().trim().slice(0, 10));
  });

  it('keeps nothing when told so', async () => {
    const home = temporaryHome();
    const asked = await run(home, ['ask', 'Hello', '--no-save', ...oneThread]);
    const { stdout } = await run(home, ['chats', 'list', '--json']);
    expect(asked.code).toBe(0);
    expect(JSON.parse(stdout)).toEqual([]);
  });

  it('refuses a file that is no model, with 3 and a sentence without a stack', async () => {
    const home = temporaryHome();
    const path = join(home.folder, 'notes.gguf');
    writeFileSync(path, 'notes');
    const { code, stderr } = await run(home, ['ask', 'Hello', '--model', path]);
    expect(code).toBe(3);
    expect(stderr).toContain('is not a GGUF model file');
    expect(stderr).not.toMatch(/\bat .*\.(ts|mjs):\d/);
  });

  it('says with 3 that a model does not fit into memory', async (context) => {
    context.skip(noSparseFiles !== undefined, noSparseFiles);
    const home = temporaryHome();
    const path = join(home.folder, 'big.gguf');
    writeFittingModel(path);
    growBeyondMemory(path);
    const { code, stdout, stderr } = await run(home, ['ask', 'Hello', '--model', path]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^big\.gguf needs about .+ of memory; .+ are free\.\n/);
    expect(stderr).toContain('Close other programs');
  });

  it('ends with 4 when a file takes the engine down', async () => {
    const home = temporaryHome();
    const path = join(home.folder, 'aborts.gguf');
    writeAbortingModel(path);
    const { code, stderr } = await run(home, ['ask', 'Hello', '--model', path, ...oneThread]);
    expect(code).toBe(4);
    expect(stderr).toContain('The model’s process ended'.replace('’', "'"));
  });

  it('ends with 5 and leaves the file alone when the database is none', async () => {
    const home = temporaryHome();
    writeFileSync(home.database, 'not a database');
    const { code, stderr } = await run(home, ['chats', 'list']);
    expect(code).toBe(5);
    expect(stderr).toContain('was left as it is');
    expect(readFileSync(home.database, 'utf8')).toBe('not a database');
  });
});

describe('moewe', () => {
  it.each([
    [['ask']],
    [['ask', 'a', 'b']],
    [['fly']],
    [['ask', 'a', '--temperature', 'hot']],
    [['ask', 'a', '--wrong']],
    [['models', 'fly']],
    [['serve', '--port', '99999']],
  ])('ends with 2 and says what is wrong for %j', async (words) => {
    const { code, stderr } = await run(temporaryHome(), words);
    expect(code).toBe(2);
    expect(stderr).toContain('moewe --help');
  });

  it('speaks German when asked to', async () => {
    const { stderr } = await run(temporaryHome(), ['fly', '--lang', 'de']);
    expect(stderr).toContain('Den Befehl „fly“ gibt es nicht.');
  });

  it('lists, adds and forgets models', async () => {
    const home = temporaryHome();
    const added = await run(home, [
      'models',
      'add',
      starterModelPath.replace('starter-moe', 'none'),
    ]);
    expect(added.code).toBe(3);
    const { stdout } = await run(home, ['models', 'list', '--json']);
    expect(JSON.parse(stdout)).toMatchObject([
      { id: 'starter', state: 'ready', bytes: 17_065_792, sha256: null },
    ]);
  });

  it('prints help and version', async () => {
    const home = temporaryHome();
    expect((await run(home, ['--help'])).stdout).toContain('Usage: moewe COMMAND');
    expect((await run(home, ['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('moewe serve', () => {
  it('prints its addresses, refuses a second one with the address of the first, ends cleanly', async () => {
    const home = temporaryHome();
    const { child, finished, output } = start(home, ['serve', '--json', ...oneThread]);
    await expect.poll(output, { timeout: 30_000 }).toContain('apiUrl');
    const { url, apiUrl } = JSON.parse(output()) as { url: string; apiUrl: string };
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(303);
    expect(apiUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
    const second = await run(home, ['serve', ...oneThread]);
    expect(second.code).toBe(5);
    expect(second.stderr).toContain(url);
    child.kill('SIGTERM');
    expect((await finished).code).toBe(0);
  });
});
