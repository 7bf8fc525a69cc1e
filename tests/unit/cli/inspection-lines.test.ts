import { describe, expect, it } from 'vitest';
import { inspectionLines } from '../../../app/cli/inspection-lines.ts';
import type { TinyArchitecture } from '../../fixtures/gguf/families.ts';
import { tinyModel } from '../../fixtures/gguf/tiny-model.ts';
import { inspectBytes } from '../core/gguf/inspect-bytes.ts';

async function textOf(name: TinyArchitecture, locale: 'en' | 'de' = 'en'): Promise<string> {
  const lines = inspectionLines(await inspectBytes(tinyModel(name)), locale);
  return lines.map((line) => line.replaceAll(/ {2,}/g, ' | ')).join('\n');
}

describe('an inspection in the terminal', () => {
  it('begins with the name and says what works on a token', async () => {
    const text = await textOf('deepseek');
    expect(text).toMatch(/^Tiny deepseek\nArchitecture \| deepseek\n/);
    expect(text).toContain('8 in each of 2 layers, 2 of them and 2 shared ones at work');
  });

  it('says what is dense', async () => {
    const text = await textOf('qwen3');
    expect(text).toContain('none, a dense model');
    expect(text).not.toContain('Routed experts');
  });

  it('counts no more than a window keeps', async () => {
    const text = await textOf('gpt-oss');
    // Two layers of 64 values for 512 tokens, two for the last 32, two bytes each.
    expect(text).toContain('512 B for each token, 139 KB for 512 tokens');
  });

  it('tells states of a fixed size, and layers that are not run', async () => {
    expect(await textOf('mamba')).toContain('Memory of a conversation | of a fixed size');
    expect(await textOf('qwen3next')).toContain('Fixed state');
    expect(await textOf('glm4moe')).toContain('Layers not run | 1, which predict');
  });

  it('speaks German', async () => {
    expect(await textOf('olmoe', 'de')).toContain('Je Token gelesen | ');
  });
});
