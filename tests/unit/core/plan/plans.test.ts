import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EnginePlacement } from '../../../../app/contract/engine.ts';
import { MoeweError } from '../../../../app/contract/errors.ts';
import type { Model } from '../../../../app/contract/models.ts';
import type { MemoryReport } from '../../../../app/contract/plans.ts';
import { Database } from '../../../../app/core/database/database.ts';
import { enginePlacementOf } from '../../../../app/core/plan/engine-placement.ts';
import { PlanMemory } from '../../../../app/core/plan/plan-memory.ts';
import { planPlacement } from '../../../../app/core/plan/plan-placement.ts';
import { Plans, type PlansParts } from '../../../../app/core/plan/plans.ts';
import { gigabyte, machine, qwen30b } from './example-models.ts';

const model: Model = {
  id: 'qwen',
  name: 'Qwen',
  path: '/models/qwen.gguf',
  bytes: qwen30b.fileBytes,
  sha256: null,
  state: 'ready',
  builtIn: false,
  facts: null,
  error: null,
};

const notOffered = () => Promise.reject(new MoeweError('notOffered', { ability: 'estimate' }));

function plansWith(parts: Partial<PlansParts> = {}, hardware = machine(32e9, 8e9)): Plans {
  const folder = mkdtempSync(join(tmpdir(), 'moewe-plans-'));
  const database = Database.open(join(folder, 'moewe.db'));
  onTestFinished(() => {
    database[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return new Plans({
    library: { resolve: () => Promise.resolve(model) },
    engine: { estimate: () => Promise.reject(new Error('not asked')) },
    machine: {
      describe: () => Promise.resolve(hardware),
      describeQuickly: () => Promise.resolve(hardware),
    },
    memory: new PlanMemory(database, 'this machine'),
    threadChoices: { get: () => 6 },
    inspect: () => Promise.resolve(qwen30b),
    occupied: () => null,
    ...parts,
  });
}

/** A report of the formula's own numbers with more compute on the GPU. */
function reporting(moreCompute: number, asked: EnginePlacement[] = []) {
  return (_: string, placement: EnginePlacement): Promise<MemoryReport> => {
    asked.push(placement);
    const { gpuLayers, kvCacheType, contextSize, expertLayersInMemory } = placement;
    const expertLayersOnCpu = expertLayersInMemory.length;
    const wishes = { gpuLayers, kvCacheType, contextSize, expertLayersOnCpu };
    const hardware = machine(64e9, 64e9);
    const question = { inspection: qwen30b, hardware, threads: null, measured: null };
    const { gpu, ram } = planPlacement({ ...question, wishes }).memory;
    return Promise.resolve({ gpu: { ...gpu, compute: gpu.compute + moreCompute }, ram });
  };
}

describe('the plan of a model', () => {
  it('takes what llama.cpp counts', async () => {
    const plans = plansWith({ engine: { estimate: reporting(1e6) } });
    const plan = await plans.ofModel('qwen', {});
    expect(plan).toMatchObject({ fits: true, memoryBasis: 'llamaCpp' });
    expect(plan.reasons.map(({ code }) => code)).toContain('threadsMeasured');
  });

  it('is made again where llama.cpp needs more than the formula', async () => {
    const exact = await plansWith({ engine: { estimate: reporting(0) } }).ofModel('qwen', {});
    const more = await plansWith({ engine: { estimate: reporting(gigabyte) } }).ofModel('qwen', {});
    expect(more).toMatchObject({ fits: true, memoryBasis: 'llamaCpp' });
    expect(more.placement.expertLayersOnCpu).toBeGreaterThan(exact.placement.expertLayersOnCpu);
  });

  it('keeps experts with their layers where the native build is missing', async () => {
    const plans = plansWith({ engine: { estimate: notOffered } });
    const plan = await plans.ofModel('qwen', {});
    expect(plan).toMatchObject({ memoryBasis: 'formula', placement: { expertLayersOnCpu: 0 } });
  });

  it('does not ask about a GPU that is only supposed', async () => {
    const asked: EnginePlacement[] = [];
    const plans = plansWith({ engine: { estimate: reporting(0, asked) } }, machine(32e9));
    const plan = await plans.ofModel('qwen', { vramBytes: 12e9 });
    expect(plan).toMatchObject({ memoryBasis: 'formula', placement: { gpuLayers: 48 } });
    expect(asked).toEqual([]);
  });

  it('remembers what a person fixed, and forgets it again', async () => {
    const plans = plansWith({ engine: { estimate: reporting(0) } });
    await plans.keepWishes('qwen', { contextSize: 16_384 });
    expect((await plans.ofModel('qwen', {})).placement.contextSize).toBe(16_384);
    expect((await plans.ofModel('qwen', { threads: 3 })).placement.contextSize).toBe(8192);
    expect((await plans.keepWishes('qwen', {})).placement.contextSize).toBe(8192);
  });

  it('learns from answers that are long enough', async () => {
    const plans = plansWith({ engine: { estimate: reporting(0) } });
    const { placement } = await plans.ofModel('qwen', {});
    plans.remember(model, placement, { answerTokens: 31, tokensPerSecond: 99 });
    expect((await plans.ofModel('qwen', {})).speed.basis).toBe('bandwidth');
    plans.remember(model, placement, { answerTokens: 32, tokensPerSecond: 44 });
    const { speed } = await plans.ofModel('qwen', {});
    expect(speed.basis).toBe('measured');
    expect(speed.tokensPerSecond).toBeCloseTo(44);
  });

  it('counts the memory of the loaded model as free', async () => {
    const gpu = { weights: 20e9, kv: 0, compute: 0 };
    const memory = { gpu, ram: { weights: 0, kv: 0, compute: 0 } };
    const hardware = machine(32e9, 24e9);
    const full = { ...hardware, gpus: hardware.gpus.map((one) => ({ ...one, freeBytes: 3e9 })) };
    const engine = { estimate: reporting(0) };
    const plans = plansWith({ engine, occupied: () => ({ memory, mmap: true }) }, full);
    expect((await plans.ofModel('qwen', {})).available.gpu).toBe(23e9);
  });
});

describe('the placement for a load', () => {
  it('names the layers whose experts stay in memory', async () => {
    const plans = plansWith({ engine: { estimate: reporting(0) } });
    const plan = await plans.placementFor(model);
    const layers = plan?.placement.expertLayersInMemory ?? [];
    expect(layers.slice(0, 3)).toEqual([0, 1, 2]);
    expect(plan).toMatchObject({ threads: null, placement: { architecture: 'qwen3moe' } });
  });

  it('is left to llama.cpp where the file can not be inspected', async () => {
    const plans = plansWith({ inspect: notOffered });
    expect(await plans.placementFor(model)).toBeNull();
  });

  it('does not wait for an exact count where there is room to spare', async () => {
    const asked: EnginePlacement[] = [];
    const plans = plansWith({ engine: { estimate: reporting(0, asked) } }, machine(64e9));
    expect(await plans.placementFor(model)).toMatchObject({ placement: { gpuLayers: 0 } });
    expect(asked).toEqual([]);
  });
});

describe("the engine's placement", () => {
  it('numbers the first expert layers of those on the GPU', () => {
    const { placement } = planPlacement({
      inspection: qwen30b,
      hardware: machine(32e9, 24e9),
      wishes: { gpuLayers: 10, expertLayersOnCpu: 2 },
      threads: null,
      measured: null,
    });
    expect(enginePlacementOf(placement, qwen30b)).toMatchObject({
      gpuLayers: 10,
      expertLayersInMemory: [38, 39],
      expertMatrices: ['up', 'gate', 'down'],
    });
  });
});
