import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startRangeServer } from '../../fixtures/gguf/range-server.ts';
import { splitModel } from '../../fixtures/gguf/split-model.ts';
import { tinyModel, tinySpec, writeTinyModel } from '../../fixtures/gguf/tiny-model.ts';
import { temporaryHome } from '../core/temporary-home.ts';
import { starterModelPath } from '../engine/supervised-engine.ts';
import { run } from './command.ts';

describe('moewe inspect', () => {
  it('prints the document that scripts rely on', async () => {
    const words = ['inspect', starterModelPath, '--json'];
    const { code, stdout } = await run(temporaryHome(), words);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      architecture: 'deepseek',
      name: 'Starter MoE',
      license: 'mit',
      quantization: 'Q8_0',
      fileBytes: 17_065_792,
      contextLength: 1024,
      parameters: { total: 15_834_368, active: 5_512_448 },
      experts: { count: 16, used: 2, shared: 1, layers: 5 },
      bytes: {
        embedding: 1_392_640,
        attention: 1_671_168,
        dense: 417_792,
        sharedExperts: 783_360,
        routedExperts: 12_533_760,
        other: 95_232,
      },
      activeBytesPerToken: 5_926_912,
      kvBytesPerToken: 6144,
      chatTemplate: expect.stringContaining('message') as string,
    });
  });

  it('takes the address of a file on a server', async () => {
    await using server = await startRangeServer({ '/m.gguf': tinyModel('glm4moe') });
    const words = ['inspect', `${server.address}/moved/m.gguf`, '--json'];
    const { code, stdout } = await run(temporaryHome(), words);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ architecture: 'glm4moe', experts: { shared: 1 } });
  });

  it('takes an id of the library', async () => {
    const { stdout } = await run(temporaryHome(), ['inspect', 'starter', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ name: 'Starter MoE' });
  });

  it('reads all files of a split model', async () => {
    const home = temporaryHome();
    for (const { name, bytes } of splitModel('big', tinySpec('olmoe'), 2)) {
      writeFileSync(join(home.folder, name), bytes);
    }
    const path = join(home.folder, 'big-00001-of-00002.gguf');
    const { stdout } = await run(home, ['inspect', path, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ experts: { count: 8, layers: 3 } });
  });

  it('tells a person where the bytes are', async () => {
    const path = join(temporaryHome().folder, 'm.gguf');
    writeTinyModel(path, 'gpt-oss', { type: 'Q8_0', expertType: 'MXFP4' });
    const { stdout } = await run(temporaryHome(), ['inspect', path, '--lang', 'de']);
    expect(stdout).toMatch(/Experten +8 in jeder von 4 Schichten, davon 2 je Token am Werk/);
    expect(stdout).toMatch(/Gewählte Experten +[\d,]+ KB +[\d,]+ %/);
    expect(stdout).toMatch(/Gleitendes Fenster +2 von 4 Schichten sehen die letzten 32 Token/);
  });

  it.each([
    ['/none/m.gguf', 3, 'no file'],
    ['no-such-id', 3, 'There is no model'],
    ['http://127.0.0.1:9/m.gguf', 5, 'cannot be read'],
  ])('of %s ends with %d', async (reference, expected, sentence) => {
    const { code, stdout, stderr } = await run(temporaryHome(), ['inspect', reference]);
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(stderr.toLowerCase()).toContain(sentence.toLowerCase());
  });

  it('of a file that ends too early says how much is missing', async () => {
    const path = join(temporaryHome().folder, 'm.gguf');
    writeTinyModel(path, 'olmoe');
    truncateSync(path, 1_000_000);
    const { code, stderr } = await run(temporaryHome(), ['inspect', path]);
    expect(code).toBe(3);
    expect(stderr).toContain('1.5 MB and has 1 MB');
  });

  it('wants to know of what', async () => {
    const { code, stderr } = await run(temporaryHome(), ['inspect']);
    expect(code).toBe(2);
    expect(stderr).toContain('FILE');
  });
});
