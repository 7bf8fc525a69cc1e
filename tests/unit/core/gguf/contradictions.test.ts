import { describe, expect, it } from 'vitest';
import type { TinyArchitecture } from '../../../fixtures/gguf/families.ts';
import { partName, splitModel } from '../../../fixtures/gguf/split-model.ts';
import { tinySpec } from '../../../fixtures/gguf/tiny-model.ts';
import { writeGguf, type GgufSpec, type Value } from '../../../fixtures/gguf/writer.ts';
import { inspectBytes } from './inspect-bytes.ts';

type Metadata = Readonly<Record<string, Value>>;

function changed(name: TinyArchitecture, metadata: Metadata): Buffer {
  return writeGguf(tinySpec(name, { metadata }));
}

function without(name: TinyArchitecture, key: string): Buffer {
  const { metadata, tensors } = tinySpec(name);
  const rest = Object.entries(metadata).filter(([own]) => own !== key);
  return writeGguf({ metadata: Object.fromEntries(rest), tensors });
}

/** A tensor in another shape, of zeros. */
function reshaped(name: TinyArchitecture, tensor: string, shape: readonly number[]): Buffer {
  const { metadata, tensors } = tinySpec(name);
  return writeGguf({
    metadata,
    tensors: tensors.map((own) => (own.name === tensor ? { name: tensor, shape } : own)),
  });
}

describe('a model that contradicts itself', () => {
  it.each<readonly [string, Buffer, string]>([
    ['has no layers', changed('qwen3moe', { 'qwen3moe.block_count': { u32: 0 } }), 'is 0'],
    [
      'has more layers than llama.cpp can count',
      changed('qwen3moe', { 'qwen3moe.block_count': { u32: 4_000_000_000 } }),
      '4000000000 layers',
    ],
    [
      'has tensors beyond its layers',
      changed('qwen3moe', { 'qwen3moe.block_count': { u32: 2 } }),
      'beyond its 2 layers',
    ],
    [
      'only predicts',
      changed('glm4moe', { 'glm4moe.nextn_predict_layers': { u32: 9 } }),
      '9 of its 4 layers',
    ],
    ['sees nothing', changed('olmoe', { 'olmoe.context_length': { u32: 0 } }), 'is 0'],
    ['uses none of its experts', without('olmoe', 'olmoe.expert_used_count'), 'uses none'],
    [
      'uses no expert',
      changed('olmoe', { 'olmoe.expert_used_count': { u32: 0 } }),
      'uses none of its 8',
    ],
    [
      'uses more experts than it has',
      changed('olmoe', { 'olmoe.expert_used_count': { u32: 9 } }),
      'uses 9 experts of 8',
    ],
    ['has experts and says none', without('olmoe', 'olmoe.expert_count'), 'how many'],
    [
      'has no experts and uses some',
      changed('qwen3', { 'qwen3.expert_used_count': { u32: 2 } }),
      'has none',
    ],
    ['has experts and says 0', changed('olmoe', { 'olmoe.expert_count': { u32: 0 } }), 'how many'],
    [
      'has more experts than llama.cpp can count',
      changed('olmoe', { 'olmoe.expert_count': { u32: 100_000 } }),
      '100000 experts',
    ],
    [
      'says another number of experts than its tensors',
      changed('olmoe', { 'olmoe.expert_count': { u32: 16 } }),
      '8 experts instead of 16',
    ],
    [
      'has groups that its experts do not fill',
      changed('olmoe', {
        'olmoe.expert_group_count': { u32: 3 },
        'olmoe.expert_group_used_count': { u32: 1 },
      }),
      '3 groups',
    ],
    [
      'uses more groups than it has',
      changed('olmoe', {
        'olmoe.expert_group_count': { u32: 4 },
        'olmoe.expert_group_used_count': { u32: 5 },
      }),
      '5 of 4 groups',
    ],
    [
      'has more groups than experts',
      changed('olmoe', { 'olmoe.expert_group_count': { u32: 8 } }),
      '8 groups',
    ],
    [
      'has embeddings of another length',
      changed('olmoe', { 'olmoe.embedding_length': { u32: 128 } }),
      'instead of 128',
    ],
    [
      'has an expert tensor of two dimensions',
      reshaped('olmoe', 'blk.1.ffn_up_exps.weight', [64, 64]),
      '1 experts instead of 8',
    ],
    [
      'gives text for a number',
      changed('olmoe', { 'olmoe.context_length': { text: '4096' } }),
      'olmoe.context_length',
    ],
    [
      'gives a negative number',
      changed('olmoe', { 'olmoe.block_count': { i32: -1 } }),
      'olmoe.block_count',
    ],
    [
      'gives half a layer',
      changed('olmoe', { 'olmoe.block_count': { f32: 2.5 } }),
      'olmoe.block_count',
    ],
    [
      'gives a number for text',
      changed('olmoe', { 'general.architecture': { u32: 7 } }),
      'general.architecture',
    ],
    [
      'gives a list for its template',
      changed('olmoe', { 'tokenizer.chat_template': { texts: ['a'] } }),
      'chat_template',
    ],
    [
      'gives heads for too few layers',
      changed('olmoe', { 'olmoe.attention.head_count_kv': { u32s: [4, 4] } }),
      '2 values for 3 layers',
    ],
    [
      'has heads beyond all measure',
      changed('olmoe', {
        'olmoe.attention.head_count_kv': { u32: 4_000_000_000 },
        'olmoe.attention.key_length': { u32: 4_000_000_000 },
      }),
      'impossible sizes',
    ],
    [
      'scales positions in a way that nobody knows',
      changed('olmoe', { 'olmoe.rope.scaling.type': { text: 'quadratic' } }),
      'quadratic',
    ],
    [
      'rotates half a pair of values',
      changed('deepseek', { 'deepseek.rope.dimension_count': { u32: 7 } }),
      'rotates 7 of the 16',
    ],
    [
      'rotates more values than a head has',
      changed('deepseek', { 'deepseek.rope.dimension_count': { u32: 64 } }),
      'rotates 64 of the 16',
    ],
    ['has no weights', writeGguf({ ...tinySpec('olmoe'), tensors: [] }), 'no weights'],
  ])('and %s is refused with a reason', async (_, bytes, reason) => {
    await expect(inspectBytes(bytes)).rejects.toMatchObject({
      code: 'modelDamaged',
      data: { detail: expect.stringContaining(reason) as string },
    });
  });
});

describe('a model in several files', () => {
  const spec = tinySpec('mixtral');
  const whole = splitModel('big', spec, 3);

  function files(...parts: readonly { name: string; bytes: Buffer }[]) {
    return new Map(parts.map(({ name, bytes }) => [name, bytes]));
  }

  /** A part that says something else about itself. */
  function partSaying(index: number, split: Metadata, from: GgufSpec = spec) {
    const perPart = Math.ceil(spec.tensors.length / 3);
    const tensors = from.tensors.slice(index * perPart, (index + 1) * perPart);
    const metadata = index === 0 ? { ...spec.metadata, ...split } : split;
    return { name: partName('big', index, 3), bytes: writeGguf({ metadata, tensors }) };
  }

  it('is one model', async () => {
    const inspection = await inspectBytes(files(...whole));
    expect(inspection).toMatchObject({ name: 'Tiny mixtral', experts: { count: 8, layers: 3 } });
    expect(inspection.parameters).toEqual((await inspectBytes(writeGguf(spec))).parameters);
  });

  it.each<readonly [string, Map<string, Buffer>, string]>([
    [
      'has another number of parts than its name says',
      files(
        partSaying(0, { 'split.no': { u32: 0 }, 'split.count': { u32: 2 } }),
        ...whole.slice(1),
      ),
      'one of 2 parts',
    ],
    [
      'has the same part twice',
      files(whole[0], ...whole.slice(1, 2), {
        name: partName('big', 2, 3),
        bytes: whole[1]?.bytes ?? Buffer.alloc(0),
      }),
      'part 3 is another one',
    ],
    [
      'has a later part that does not know its number',
      files(whole[0], ...whole.slice(1, 2), partSaying(2, {})),
      'part 3 is another one',
    ],
    [
      'has fewer tensors than promised',
      files(
        partSaying(0, {
          'split.no': { u32: 0 },
          'split.count': { u32: 3 },
          'split.tensors.count': { i32: 100 },
        }),
        ...whole.slice(1),
      ),
      'instead of 100',
    ],
    [
      'counts its parts in words',
      files(partSaying(0, { 'split.count': { text: 'three' } }), ...whole.slice(1)),
      'split.count',
    ],
    [
      'is a part without a number in its name',
      new Map([['big.gguf', whole[0].bytes]]),
      'one of 3 parts',
    ],
    [
      'is a part whose name counts beyond its end',
      new Map([['big-00004-of-00003.gguf', whole[0].bytes]]),
      'part 4 of 3',
    ],
    ['is a later part', new Map([['big-00002-of-00003.gguf', whole[0].bytes]]), 'later part'],
    ['is a part of none', new Map([['big-00000-of-00000.gguf', whole[0].bytes]]), 'part 0 of 0'],
  ])('that %s is refused with a reason', async (_, parts, reason) => {
    await expect(inspectBytes(parts)).rejects.toMatchObject({
      code: 'modelDamaged',
      data: { detail: expect.stringContaining(reason) as string },
    });
  });

  it('that has a tensor twice is refused, even if no part says which it is', async () => {
    const same = { metadata: {}, tensors: spec.tensors.slice(0, 2) };
    const parts = new Map([
      ['a-00001-of-00002.gguf', writeGguf(spec)],
      ['a-00002-of-00002.gguf', writeGguf(same)],
    ]);
    await expect(inspectBytes(parts)).rejects.toMatchObject({ code: 'modelDamaged' });
  });

  it('that claims 99,999 of them ends at the first that is missing', async () => {
    const parts = new Map([['a-00001-of-99999.gguf', writeGguf(spec)]]);
    await expect(inspectBytes(parts)).rejects.toMatchObject({
      code: 'modelFileMissing',
      data: { path: 'a-00002-of-99999.gguf' },
    });
  });
});
