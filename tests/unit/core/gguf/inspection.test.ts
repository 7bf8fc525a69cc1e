import { describe, expect, it } from 'vitest';
import { inspection } from '../../../../app/contract/inspection.ts';
import { tinyArchitectures } from '../../../fixtures/gguf/families.ts';
import { tinyModel, tinySpec } from '../../../fixtures/gguf/tiny-model.ts';
import { bytesOf, writeGguf, type GgufSpec } from '../../../fixtures/gguf/writer.ts';
import { inspectBytes } from './inspect-bytes.ts';

const sum = (numbers: readonly number[]) => numbers.reduce((total, value) => total + value, 0);

describe.each(tinyArchitectures)('the inspection of %s', (name) => {
  const spec = tinySpec(name);
  const inspected = inspectBytes(writeGguf(spec));

  it('keeps to the contract', async () => {
    expect(inspection.parse(await inspected)).toEqual(await inspected);
  });

  it('counts every byte of every tensor once', async () => {
    const { bytes, layers } = await inspected;
    expect(sum(Object.values(bytes))).toBe(sum(spec.tensors.map(bytesOf)));
    expect(sum(layers.map((layer) => layer.bytes.attention))).toBe(bytes.attention);
    expect(sum(layers.map((layer) => layer.bytes.routedExperts))).toBe(bytes.routedExperts);
    expect(sum(layers.flatMap((layer) => Object.values(layer.expertBytes)))).toBe(
      bytes.routedExperts,
    );
  });

  it('counts the experts that work on a token, and everything else, as active', async () => {
    const { bytes, experts, parameters, activeBytesPerToken } = await inspected;
    const rest = sum(Object.values(bytes)) - bytes.routedExperts;
    const share = experts.count > 0 ? experts.used / experts.count : 1;
    expect(activeBytesPerToken).toBe(rest + share * bytes.routedExperts);
    expect(parameters.active).toBeLessThanOrEqual(parameters.total);
  });

  it('knows the architecture, the vocabulary and the template', async () => {
    const { architectureKnown, vocabularySize, chatTemplate, license } = await inspected;
    expect({ architectureKnown, vocabularySize, license }).toEqual({
      architectureKnown: true,
      vocabularySize: 267,
      license: 'mit',
    });
    expect(chatTemplate).toContain('<|im_start|>');
  });
});

describe('the cache of a layer', () => {
  const cachesOf = async (...model: Parameters<typeof tinyModel>) =>
    (await inspectBytes(tinyModel(...model))).layers.map(({ cache }) => cache);

  it('has one joint vector where latent attention is absorbed, and full heads in old files', async () => {
    const [absorbed] = await cachesOf('deepseek2');
    const [old] = await cachesOf('deepseek2-lite');
    expect(absorbed).toMatchObject({ key: 64 + 16, value: 0 });
    expect(old).toMatchObject({ key: 2 * (32 + 16), value: 2 * 32 });
  });

  it('has a window in every second layer of gpt-oss', async () => {
    const caches = await cachesOf('gpt-oss');
    expect(caches.map(({ windowTokens }) => windowTokens)).toEqual([32, null, 32, null]);
  });

  it('is empty in a layer that another one shares its cache with', async () => {
    const caches = await cachesOf('gemma4-small');
    expect(caches.map(({ key }) => key)).toEqual([32, 64, 0, 0]);
  });

  it('is empty in a layer that is not run', async () => {
    const { layers } = await inspectBytes(tinyModel('glm4moe'));
    expect(layers.map(({ skipped }) => skipped)).toEqual([false, false, false, true]);
    expect(layers.map(({ cache }) => cache.key)).toEqual([32, 32, 32, 0]);
  });

  it('is a state in recurrent layers', async () => {
    const caches = await cachesOf('qwen3next');
    const state = 4 * (3 * (64 + 2 * 2 * 16) + 16 * 64);
    expect(caches.map(({ stateBytes }) => stateBytes)).toEqual([state, state, state, 0]);
    expect(caches.map(({ key }) => key)).toEqual([0, 0, 0, 32]);
  });

  it('of an architecture that nobody knows follows from its matrices', async () => {
    const { metadata, tensors } = tinySpec('qwen3moe');
    const unknown = Object.fromEntries(
      Object.entries(metadata).map(([key, value]) => [key.replace('qwen3moe', 'nobody'), value]),
    );
    const bytes = writeGguf({
      metadata: { ...unknown, 'general.architecture': { text: 'nobody' } },
      tensors,
    });
    const { architectureKnown, layers } = await inspectBytes(bytes);
    expect(architectureKnown).toBe(false);
    expect(layers[0]?.cache).toMatchObject({ key: 32, value: 32 });
  });
});

describe('an inspection', () => {
  it('finds experts that lie one by one, as in old files', async () => {
    const { metadata, tensors } = tinySpec('mixtral');
    const perExpert = tensors.flatMap((tensor) => {
      const match = /^(blk\.\d+\.ffn_(?:up|gate|down))_exps\.weight$/.exec(tensor.name);
      const [inner = 0, outer = 0] = tensor.shape;
      if (!match) return [tensor];
      return Array.from({ length: 8 }, (_, expert) => ({
        name: `${match[1] ?? ''}.${expert}.weight`,
        shape: [inner, outer],
      }));
    });
    const old = await inspectBytes(writeGguf({ metadata, tensors: perExpert }));
    const now = await inspectBytes(tinyModel('mixtral'));
    expect(old.parameters).toEqual(now.parameters);
    expect(old.bytes).toEqual(now.bytes);
    expect(old.experts).toEqual(now.experts);
  });

  it('counts experts layer by layer where a file does', async () => {
    const metadata = { 'qwen3moe.expert_used_count': { u32s: [8, 4, 0] } };
    const { experts, bytes, activeBytesPerToken } = await inspectBytes(
      tinyModel('qwen3moe', { metadata }),
    );
    expect(experts.used).toBe(8);
    const rest = sum(Object.values(bytes)) - bytes.routedExperts;
    expect(activeBytesPerToken).toBe(rest + bytes.routedExperts / 2);
  });

  it('tells the type of each class', async () => {
    const { quantization, quantizationByClass } = await inspectBytes(
      tinyModel('gpt-oss', { type: 'Q8_0', expertType: 'MXFP4' }),
    );
    expect(quantization).toBe('MXFP4');
    expect(quantizationByClass).toMatchObject({ routedExperts: 'MXFP4', attention: 'Q8_0' });
  });

  it('takes the full name of a licence that has no short one', async () => {
    const metadata: GgufSpec['metadata'] = {
      'general.license': { text: 'other' },
      'general.license.name': { text: 'deepseek' },
    };
    expect((await inspectBytes(tinyModel('olmoe', { metadata }))).license).toBe('deepseek');
  });
});
