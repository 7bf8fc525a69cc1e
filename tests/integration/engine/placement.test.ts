import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EnginePlacement, GenerationEvent } from '../../../app/contract/engine.ts';
import type { MemoryReport } from '../../../app/contract/plans.ts';
import { inspectModelFile } from '../../../app/core/gguf/model-file.ts';
import type { TinyArchitecture } from '../../fixtures/gguf/families.ts';
import { writeTinyModel } from '../../fixtures/gguf/tiny-model.ts';
import { temporaryHome } from '../core/temporary-home.ts';
import { needSoftwareGpu } from './native-abilities.ts';
import { asking, collect, modelAt, never, supervisedEngine } from './supervised-engine.ts';

const nothing = () => undefined;

const inMemory: EnginePlacement = {
  architecture: 'llama',
  gpuLayers: 0,
  expertLayersInMemory: [],
  expertMatrices: ['up', 'gate', 'down'],
  kvCacheType: 'f16',
  contextSize: 256,
  mmap: true,
  expertUsedCount: null,
};

interface Outcome {
  readonly memory: MemoryReport;
  readonly backend: string;
  readonly text: string;
  readonly experts: string;
}

/** What a model says and where it was, with one placement. */
async function outcome(path: string, placement: EnginePlacement): Promise<Outcome> {
  const { engine } = supervisedEngine();
  const loaded = await engine.load(modelAt(path, { placement }), nothing, never);
  const request = asking('the rain in', { routing: 'answer', maxTokens: 4 });
  const { all, text } = await collect(engine.generate(request, never));
  await engine.close();
  return { memory: loaded.memory, backend: loaded.backend, text, experts: expertsIn(all) };
}

function expertsIn(events: readonly GenerationEvent[]): string {
  const records = events.flatMap((event) => (event.type === 'routing' ? [event.record] : []));
  return Buffer.concat(records.map(({ experts }) => Buffer.from(experts, 'base64'))).toString(
    'hex',
  );
}

async function tiny(label: TinyArchitecture) {
  const path = join(temporaryHome().folder, '..', `moewe-placed-${label}.gguf`);
  writeTinyModel(path, label);
  const { layers, architecture } = await inspectModelFile(path);
  const expertLayers = layers.filter(({ bytes }) => bytes.routedExperts > 0);
  const everywhere = { ...inMemory, architecture, gpuLayers: layers.length };
  return { path, expertLayers, everywhere };
}

describe('placing experts', () => {
  it.for(['mixtral', 'qwen3moe', 'gpt-oss', 'olmoe', 'deepseek'] as const)(
    'of a %s model moves their bytes and nothing else: same experts, same words',
    async (label, context) => {
      needSoftwareGpu(context);
      const { path, expertLayers, everywhere } = await tiny(label);
      const none = await outcome(path, { ...everywhere, gpuLayers: 0 });
      const whole = await outcome(path, everywhere);
      const numbers = expertLayers.map(({ layer }) => layer);
      const apart = await outcome(path, { ...everywhere, expertLayersInMemory: numbers });
      const expertBytes = expertLayers.reduce((sum, { bytes }) => sum + bytes.routedExperts, 0);
      expect([none.backend, whole.backend]).toEqual(['cpu', 'vulkan']);
      expect(none.memory.gpu).toMatchObject({ weights: 0, kv: 0 });
      expect(whole.memory.gpu.weights).toBeGreaterThan(expertBytes);
      // Biases of experts stay with their layer; everything is rounded up to the alignment.
      const moved = whole.memory.gpu.weights - apart.memory.gpu.weights;
      expect(Math.abs(moved - expertBytes)).toBeLessThan(expertBytes * 0.1);
      expect(apart.memory.gpu.kv).toBe(whole.memory.gpu.kv);
      expect([whole.text, apart.text]).toEqual([none.text, none.text]);
      expect([whole.experts, apart.experts]).toEqual([none.experts, none.experts]);
      expect(none.experts).not.toBe('');
    },
  );

  it('can leave single matrices of single layers in memory', async (context) => {
    needSoftwareGpu(context);
    const { path, expertLayers, everywhere } = await tiny('mixtral');
    const whole = await outcome(path, everywhere);
    const apart = await outcome(path, {
      ...everywhere,
      expertLayersInMemory: [1],
      expertMatrices: ['down'],
    });
    const moved = whole.memory.gpu.weights - apart.memory.gpu.weights;
    expect(moved).toBe(expertLayers[1]?.expertBytes.down);
    expect(apart.text).toBe(whole.text);
  });

  it('knows how fast the GPU moves bytes', async (context) => {
    needSoftwareGpu(context);
    const { engine } = supervisedEngine();
    expect(await engine.devices()).toHaveLength(1);
    expect(await engine.gpuBandwidth()).toBeGreaterThan(1e8);
  });

  it('is counted beforehand as it is reported afterwards', async (context) => {
    needSoftwareGpu(context);
    const { path, everywhere } = await tiny('qwen3moe');
    const placement = { ...everywhere, expertLayersInMemory: [0] };
    const { engine } = supervisedEngine();
    const estimate = await engine.estimate(path, placement);
    const { memory } = await outcome(path, placement);
    expect(estimate.gpu.weights).toBe(memory.gpu.weights);
    expect(estimate.gpu.kv).toBe(memory.gpu.kv);
    expect(estimate.gpu.compute / memory.gpu.compute).toBeCloseTo(1, 1);
  });
});
