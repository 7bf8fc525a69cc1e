import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RoutingDocument } from '../../../app/cli/routing-document.ts';
import { writeTinyModel } from '../../fixtures/gguf/tiny-model.ts';
import { needNativeBuild } from '../engine/native-abilities.ts';
import { temporaryHome } from '../core/temporary-home.ts';
import { run } from './command.ts';

const oneThread = ['--threads', '1'];

async function documentOf(words: readonly string[]) {
  const asked = await run(temporaryHome(), ['routing', ...words, '--json', ...oneThread]);
  expect(asked).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(asked.stdout) as RoutingDocument;
}

describe('moewe routing', () => {
  it('prints the document that scripts rely on', async (context) => {
    needNativeBuild(context);
    const document = await documentOf(['What is a photon?', '--max-tokens', '6']);
    const home = temporaryHome();
    const asked = await run(home, ['ask', 'What is a photon?', '--json', ...oneThread]);
    const { model, stats } = JSON.parse(asked.stdout) as {
      model: unknown;
      stats: { promptTokens: number };
    };
    expect(Object.keys(document)).toEqual(['model', 'layers', 'tokens']);
    expect(document.model).toEqual(model);
    expect(document.layers.map(({ layer, counts }) => [layer, counts.length])).toEqual(
      [1, 2, 3, 4, 5].map((layer) => [layer, 16]),
    );
    const roles = document.tokens.map(({ role }) => role);
    // The last of the six tokens is never evaluated.
    expect(roles).toEqual([
      ...Array.from({ length: stats.promptTokens }, () => 'prompt'),
      ...Array.from({ length: 5 }, () => 'answer'),
    ]);
    const taken = document.tokens.flatMap(({ experts }) => Object.entries(experts));
    expect(new Set(taken.map(([layer]) => layer))).toEqual(new Set(['1', '2', '3', '4', '5']));
    expect(new Set(taken.map(([, ids]) => new Set(ids).size))).toEqual(new Set([2]));
  });

  it('counts what it lists', async (context) => {
    needNativeBuild(context);
    const { layers, tokens } = await documentOf(['What is a router?']);
    const sums = layers.map(({ counts }) => counts.reduce((sum, count) => sum + count, 0));
    expect(sums).toEqual(layers.map(() => tokens.length * 2));
  });

  it('tells the experts of the instructions too', async (context) => {
    needNativeBuild(context);
    const { tokens } = await documentOf(['Hello', '--system', 'Be kind.', '--max-tokens', '2']);
    const prompt = tokens.filter(({ role }) => role === 'prompt').map(({ text }) => text);
    expect(prompt.join('')).toContain('Be kind.');
  });

  it('says the same in words, in the language of the reader, and keeps nothing', async (context) => {
    needNativeBuild(context);
    const home = temporaryHome();
    const words = ['routing', 'What is a photon?', '--lang', 'de', ...oneThread];
    const { stdout } = await run(home, words);
    const chats = await run(home, ['chats', 'list', '--json']);
    expect(stdout).toContain('5 Schichten mit je 16 Experten, davon 2 für jedes Token.');
    expect(stdout).toContain('" quantum"');
    expect(JSON.parse(chats.stdout)).toEqual([]);
  });

  it('ends with 3 and the reason where there is no native build', async () => {
    vi.stubEnv('MOEWE_NATIVE', 'off');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { code, stdout, stderr } = await run(temporaryHome(), ['routing', 'Hi', ...oneThread]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('native part');
  });

  it('ends with 3 and the reason for a dense model', async () => {
    const home = temporaryHome();
    const path = join(home.folder, 'dense.gguf');
    writeTinyModel(path, 'llama');
    const words = ['routing', 'Hi', '--model', path, '--json', ...oneThread];
    const { code, stdout, stderr } = await run(home, words);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('no experts');
  });

  it.each([
    [['routing']],
    [['routing', 'a', '--seed', '1']],
    [['routing', 'a', '--max-tokens', 'x']],
  ])('ends with 2 and says what is wrong for %j', async (words) => {
    const { code, stderr } = await run(temporaryHome(), words);
    expect(code).toBe(2);
    expect(stderr).toContain('moewe --help');
  });
});
