import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectModelFile } from '../../../app/core/gguf/model-file.ts';
import { tinyArchitectures, type TinyArchitecture } from '../../fixtures/gguf/families.ts';
import { writeTinyModel, type TinyOptions } from '../../fixtures/gguf/tiny-model.ts';
import type { LlamaReport } from './llama-report.ts';

const folder = mkdtempSync(join(tmpdir(), 'moewe-tiny-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Some in types that people use; many layers where a state is counted, so that it shows. */
const options: Partial<Record<TinyArchitecture, TinyOptions>> = {
  mixtral: { type: 'Q4_0' },
  qwen3moe: { type: 'Q8_0' },
  'gpt-oss': { type: 'Q8_0', expertType: 'MXFP4' },
  olmoe: { type: 'F16' },
  gemma3: { type: 'BF16' },
  mamba: { size: { layers: 40 } },
  qwen3next: { size: { layers: 40 } },
  granitehybrid: { size: { layers: 40 } },
  nemotron_h_moe: { size: { layers: 40 } },
  lfm2moe: { size: { layers: 40 } },
};

function pathOf(name: TinyArchitecture): string {
  return join(folder, `${name}.gguf`);
}

let reports: ReadonlyMap<string, LlamaReport>;

beforeAll(async () => {
  for (const name of tinyArchitectures) writeTinyModel(pathOf(name), name, options[name]);
  const script = fileURLToPath(new URL('llama-report.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [script, ...tinyArchitectures.map(pathOf)],
    { env: { ...process.env, GGML_NO_BACKTRACE: '1' } },
  );
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  reports = new Map(
    lines.map((line) => {
      const report = JSON.parse(line) as LlamaReport;
      return [report.path, report];
    }),
  );
});

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(2);
}

it.each(tinyArchitectures)('a tiny %s is loaded by llama.cpp and goes on with a text', (name) => {
  expect(reports.get(pathOf(name))?.tokens).toBe(4);
});

describe('a header promises as much as llama.cpp allocates', () => {
  const usual = tinyArchitectures.filter((name) => name !== 'deepseek4');

  it.each(usual)('for a conversation with %s', async (name) => {
    const inspection = await inspectModelFile(pathOf(name));
    const { kvBytesPerToken: each, kvBytesPerTokenBeyondWindow: whole } = inspection;
    const report = reports.get(pathOf(name));
    const [first, second] = report?.caches ?? [];
    expect(first?.mebibytes ?? '0.00').toBe(mebibytes(whole * (first?.cells ?? 0)));
    expect(second?.mebibytes ?? '0.00').toBe(mebibytes((each - whole) * (second?.cells ?? 0)));
    expect(report?.stateMebibytes ?? '0.00').toBe(mebibytes(inspection.stateBytes));
  });

  it('for a conversation with deepseek4, but for what fills up its compressed caches', async () => {
    const inspection = await inspectModelFile(pathOf('deepseek4'));
    const { kvBytesPerToken: each, kvBytesPerTokenBeyondWindow: whole } = inspection;
    const report = reports.get(pathOf('deepseek4'));
    const [none, window, ...compressed] = report?.caches ?? [];
    expect(none?.mebibytes).toBe('0.00');
    expect(window?.mebibytes).toBe(mebibytes((each - whole) * (window?.cells ?? 0)));
    expect(sum(compressed.map((cache) => cache.mebibytes))).toBeCloseTo(
      (whole * (none?.cells ?? 0)) / 2 ** 20,
      1,
    );
    expect(sum(report?.compressorMebibytes ?? [])).toBeCloseTo(inspection.stateBytes / 2 ** 20, 1);
  });
});

function sum(mebibytes: readonly string[]): number {
  return mebibytes.reduce((total, value) => total + Number(value), 0);
}
