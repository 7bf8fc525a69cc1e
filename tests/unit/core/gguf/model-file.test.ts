import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readModelFile } from '../../../../app/core/gguf/model-file.ts';
import { tensorClass } from '../../../../app/core/gguf/tensor-class.ts';
import { writeGguf, type GgufSpec } from '../../../fixtures/gguf/writer.ts';

const starter = fileURLToPath(
  new URL('../../../../resources/starter-model/starter-moe.Q8_0.gguf', import.meta.url),
);

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'moewe-gguf-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function fileOf(spec: GgufSpec, name = 'model.gguf', folder = temporaryFolder()): string {
  const path = join(folder, name);
  writeFileSync(path, writeGguf(spec));
  return path;
}

/** A Mixtral: `llama` with experts, without a count of shared ones. */
const mixtral: GgufSpec = {
  metadata: {
    'general.architecture': { text: 'llama' },
    'general.file_type': { u32: 15 },
    'llama.context_length': { u32: 32_768 },
    'llama.expert_count': { u32: 8 },
    'llama.expert_used_count': { u32: 2 },
  },
  tensors: [
    { name: 'token_embd.weight', shape: [32, 100] },
    { name: 'blk.0.attn_q.weight', shape: [32, 32] },
    { name: 'blk.0.ffn_gate_inp.weight', shape: [32, 8] },
    { name: 'blk.0.ffn_up_exps.weight', shape: [32, 64, 8] },
    { name: 'blk.0.ffn_down_exps.weight', shape: [64, 32, 8] },
    { name: 'output.weight', shape: [32, 100] },
  ],
};

describe('a model file', () => {
  it('tells what the starter model is', async () => {
    const { facts, bytes } = await readModelFile(starter);
    expect(bytes).toBe(17_065_792);
    expect(facts).toMatchObject({
      architecture: 'deepseek',
      name: 'Starter MoE',
      quantization: 'Q8_0',
      contextLength: 1024,
      parameters: { total: 15_834_368, active: 5_512_448 },
      experts: { count: 16, used: 2, shared: 1, layers: 5 },
      hasChatTemplate: true,
    });
  });

  it('counts only the experts that are used as active', async () => {
    const { facts } = await readModelFile(fileOf(mixtral));
    const routed = 2 * 32 * 64 * 8;
    const rest = 2 * 3200 + 1024 + 256;
    expect(facts.parameters).toEqual({ total: rest + routed, active: rest + routed / 4 });
    expect(facts.experts).toEqual({ count: 8, used: 2, shared: 0, layers: 1 });
    expect(facts).toMatchObject({ name: 'model', quantization: 'Q4_K_M', contextLength: 32_768 });
  });

  it('without experts is dense and wholly active', async () => {
    const tensors = [{ name: 'blk.0.ffn_up.weight', shape: [32, 64] }];
    const metadata = { 'general.architecture': { text: 'llama' } };
    const { facts } = await readModelFile(fileOf({ metadata, tensors }));
    expect(facts.parameters).toEqual({ total: 2048, active: 2048 });
    expect(facts.experts).toEqual({ count: 0, used: 0, shared: 0, layers: 0 });
  });

  it('of an unknown architecture tells what its tensors tell', async () => {
    const tensors = [
      { name: 'blk.0.ffn_gate_exps.weight', shape: [32, 16, 4] },
      { name: 'blk.0.ffn_gate_shexp.weight', shape: [32, 32] },
    ];
    const metadata = {
      'general.architecture': { text: 'nobody' },
      'nobody.expert_used_count': { u32: 1 },
      'nobody.expert_feed_forward_length': { u32: 16 },
    };
    const { facts } = await readModelFile(fileOf({ metadata, tensors }));
    expect(facts.experts).toEqual({ count: 4, used: 1, shared: 2, layers: 1 });
  });

  it('that is split is one model', async () => {
    const folder = temporaryFolder();
    const [first, ...others] = mixtral.tensors;
    const part = { metadata: {}, tensors: others };
    const path = fileOf(
      { ...mixtral, tensors: first ? [first] : [] },
      'big-00001-of-00002.gguf',
      folder,
    );
    fileOf(part, 'big-00002-of-00002.gguf', folder);
    const { facts } = await readModelFile(path);
    expect(facts.experts.count).toBe(8);
    expect(facts.parameters.total).toBe(2 * 3200 + 1024 + 256 + 2 * 32 * 64 * 8);
  });

  it('that lacks a part names the missing one', async () => {
    const path = fileOf(mixtral, 'big-00001-of-00002.gguf');
    await expect(readModelFile(path)).rejects.toMatchObject({
      code: 'modelFileMissing',
      data: { path: expect.stringContaining('00002-of-00002') as string },
    });
  });

  it('that ends too early says how much is missing', async () => {
    const path = fileOf(mixtral);
    const expectedBytes = writeGguf(mixtral).length;
    truncateSync(path, expectedBytes - 1000);
    await expect(readModelFile(path)).rejects.toMatchObject({
      code: 'modelTruncated',
      data: { path, expectedBytes, actualBytes: expectedBytes - 1000 },
    });
  });

  it.each([
    ['is not there', '/none/m.gguf', 'modelFileMissing'],
    ['is a folder', tmpdir(), 'modelFileMissing'],
    ['is something else', fileURLToPath(import.meta.url), 'modelNotGguf'],
  ])('that %s is refused', async (_, path, code) => {
    await expect(readModelFile(path)).rejects.toMatchObject({ code });
  });
});

describe('the class of a tensor', () => {
  it.each([
    ['token_embd.weight', 'embedding'],
    ['output.weight', 'embedding'],
    ['output_norm.weight', 'other'],
    ['blk.3.attn_q.weight', 'attention'],
    ['blk.3.attn_kv_a_mqa.weight', 'attention'],
    ['blk.3.attn_norm.weight', 'other'],
    ['blk.3.ffn_up.weight', 'dense'],
    ['blk.3.ffn_norm.weight', 'other'],
    ['blk.3.ffn_gate_inp.weight', 'other'],
    ['blk.3.ffn_up_exps.weight', 'routedExperts'],
    ['blk.3.ffn_gate_up_exps.weight', 'routedExperts'],
    ['blk.3.ffn_down_chexps.weight', 'routedExperts'],
    ['blk.3.ffn_up_shexp.weight', 'sharedExperts'],
  ])('of %s is %s', (name, expected) => {
    expect(tensorClass(name)).toBe(expected);
  });
});
