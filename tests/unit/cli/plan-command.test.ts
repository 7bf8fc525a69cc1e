import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../app/cli/arguments.ts';
import { byteCount } from '../../../app/cli/byte-count.ts';
import { planText } from '../../../app/cli/commands/plan.ts';
import { planPlacement } from '../../../app/core/plan/plan-placement.ts';
import { machine, qwen30b } from '../core/plan/example-models.ts';

describe('bytes on a command line', () => {
  it.each([
    ['8000000000', 8e9],
    ['8G', 8e9],
    ['8GB', 8e9],
    ['8 gb', 8e9],
    ['8GiB', 8 * 1024 ** 3],
    ['1.5m', 1_500_000],
    ['0', 0],
  ])('are read from %s', (text, bytes) => {
    expect(byteCount(text)).toBe(bytes);
  });

  it.each(['', 'G', '8X', '-8G', '8iB', '1e9', '8G8'])('are not %j', (text) => {
    expect(byteCount(text)).toBeNull();
  });
});

describe('moewe plan', () => {
  it('takes a file and what the machine is supposed to have', () => {
    const words = ['plan', 'model.gguf', '--context', '4096', '--ram', '16G', '--vram=8GiB'];
    expect(parseArguments(words)).toMatchObject({
      command: { name: 'plan', file: 'model.gguf', context: 4096, ram: 16e9, vram: 8 * 1024 ** 3 },
    });
  });

  it('refuses bytes that are none', () => {
    expect(parseArguments(['plan', 'model.gguf', '--ram', 'much'])).toMatchObject({
      usage: { problem: 'badValue', option: '--ram', value: 'much' },
    });
    expect(parseArguments(['plan'])).toMatchObject({ usage: { problem: 'missingArgument' } });
  });

  it('is printed for people in both languages', () => {
    const plan = (ram: number, vram: number) =>
      planPlacement({
        inspection: qwen30b,
        hardware: machine(ram, vram),
        wishes: {},
        threads: null,
        measured: null,
      });
    const english = planText('Qwen', plan(32e9, 8e9), 'en');
    expect(english).toMatch(/^Qwen: fits (comfortably|tightly)\n\nGPU memory: /);
    expect(english).toContain('the GPU has 8 GB and they need 17.4 GB');
    const german = planText('Qwen', plan(8e9, 0), 'de');
    expect(german).toMatch(/^Qwen: passt nicht\n\nArbeitsspeicher: /);
    expect(german).toContain('Was helfen würde:\n- ');
  });
});
