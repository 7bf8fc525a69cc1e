import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inspectModelFile } from '../../../app/core/gguf/model-file.ts';
import {
  realShapeNames,
  writeRealShape,
  type RealShapeName,
} from '../../fixtures/gguf/real-shapes.ts';

const folder = mkdtempSync(join(tmpdir(), 'moewe-real-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What publishers and model cards say; sizes of published files within 2 %. */
const published = [
  ['olmoe-1b-7b', 4.21e9, 6.92e9, 1.28e9, 131_072],
  ['qwen3-30b-a3b', 18.56e9, 30.53e9, 3.35e9, 98_304],
  ['deepseek-v2-lite', 10.36e9, 15.71e9, 2.66e9, 276_480],
  ['deepseek-r1', 404.4e9, 671.0e9, 37.6e9, 70_272],
  ['gpt-oss-20b', 12.11e9, 20.91e9, 4.19e9, 49_152],
] as const satisfies readonly (readonly [RealShapeName, number, number, number, number])[];

describe('a file of real shape', () => {
  it('is compared with what is published, whichever it is', () => {
    expect(published.map(([name]) => name)).toEqual(realShapeNames);
  });

  it.each(published)('%s tells what the published model is', async (name, ...numbers) => {
    const [bytes, total, active, kvBytesPerToken] = numbers;
    const path = join(folder, `${name}.gguf`);
    writeRealShape(path, name);
    expect(statSync(path).blocks * 512).toBeLessThan(20_000_000);
    const inspection = await inspectModelFile(path);
    expect(Math.abs(inspection.fileBytes / bytes - 1)).toBeLessThan(0.02);
    expect(inspection.parameters.total / total).toBeCloseTo(1, 2);
    expect(inspection.parameters.active / active).toBeCloseTo(1, 2);
    expect(inspection.kvBytesPerToken).toBe(kvBytesPerToken);
  });
});
