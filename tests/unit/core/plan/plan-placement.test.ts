import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Inspection } from '../../../../app/contract/inspection.ts';
import type { Plan, PlanWishes } from '../../../../app/contract/plans.ts';
import { plan as planSchema } from '../../../../app/contract/plans.ts';
import { planPlacement } from '../../../../app/core/plan/plan-placement.ts';
import {
  gigabyte,
  gptOss20b,
  inspectionOf,
  machine,
  olmoe,
  qwen235b,
  qwen30b,
} from './example-models.ts';

function planFor(
  inspection: Inspection,
  ram: number,
  vram = 0,
  wishes: PlanWishes = {},
  measured: Parameters<typeof planPlacement>[0]['measured'] = null,
): Plan {
  const hardware = machine(ram, vram);
  return planSchema.parse(planPlacement({ inspection, hardware, wishes, threads: null, measured }));
}

const codes = (plan: Plan) => plan.reasons.map(({ code }) => code);
const bytesIn = ({ weights, kv, compute }: Plan['memory']['gpu']) => weights + kv + compute;

describe('a plan', () => {
  it('puts the whole model on a GPU that has room for it', () => {
    const plan = planFor(qwen30b, 32 * gigabyte, 24 * gigabyte);
    expect(plan.placement).toMatchObject({ gpuLayers: 48, expertLayersOnCpu: 0 });
    expect(codes(plan)).toContain('wholeModelOnGpu');
    expect(plan.comfort).toBe('tightly');
  });

  it('keeps the experts of some layers in memory where the GPU is smaller', () => {
    const plan = planFor(qwen30b, 32 * gigabyte, 8 * gigabyte);
    expect(plan).toMatchObject({ fits: true, placement: { gpuLayers: 48 } });
    expect(plan.placement.expertLayersOnCpu).toBeGreaterThan(20);
    expect(plan.placement.expertLayersOnCpu).toBeLessThan(48);
    expect(plan.reasons).toContainEqual({
      code: 'someExpertsInMemory',
      data: {
        layersInMemory: plan.placement.expertLayersOnCpu,
        expertLayers: 48,
        gpuBytes: 8 * gigabyte,
        neededBytes: qwen30b.bytes.routedExperts,
      },
    });
  });

  it('leaves all experts in memory and then layers too, as the GPU gets smaller', () => {
    expect(planFor(qwen30b, 32 * gigabyte, 2.9 * gigabyte).placement.gpuLayers).toBe(48);
    const small = planFor(qwen30b, 32 * gigabyte, 1.8 * gigabyte);
    expect(small.placement.gpuLayers).toBeLessThan(48);
    expect(small.placement.gpuLayers).toBeGreaterThan(0);
    expect(codes(small)).toContain('someLayersOnGpu');
    const tiny = planFor(qwen30b, 32 * gigabyte, 0.2 * gigabyte);
    expect(tiny.placement.gpuLayers).toBe(0);
    expect(codes(tiny)).toContain('gpuTooSmall');
  });

  it('uses the processor alone where there is no GPU', () => {
    const plan = planFor(olmoe, 16 * gigabyte);
    expect(plan).toMatchObject({ fits: true, comfort: 'comfortably', memoryBasis: 'formula' });
    expect(plan.placement).toEqual({
      gpuLayers: 0,
      expertLayersOnCpu: 0,
      kvCacheType: 'f16',
      contextSize: 4096,
      threads: 8,
      mmap: true,
      expertUsedCount: null,
    });
    expect(codes(plan)).toEqual(
      expect.arrayContaining(['noGpu', 'contextOfModel', 'threadsOfCores', 'mappedFile']),
    );
  });

  it('takes a smaller cache and then a smaller context before it gives up', () => {
    const needed = bytesIn(planFor(qwen30b, 64 * gigabyte).memory.ram);
    const smallerCache = planFor(qwen30b, needed * 1.03);
    expect(smallerCache).toMatchObject({ fits: true, placement: { kvCacheType: 'q8_0' } });
    const smallerContext = planFor(qwen30b, needed * 1.03 - 0.2 * gigabyte);
    expect(smallerContext.fits).toBe(true);
    expect(smallerContext.placement.contextSize).toBeLessThan(8192);
    expect(codes(smallerContext)).toContain('contextSmaller');
  });

  it('says what is missing where nothing fits, and what is read from the disk', () => {
    const plan = planFor(qwen30b, 12 * gigabyte);
    expect(plan).toMatchObject({ fits: false, comfort: 'not' });
    expect(plan.memory.disk).toBeGreaterThan(5 * gigabyte);
    expect(codes(plan)).toContain('memoryTooSmall');
    expect(plan.remedies.map(({ kind }) => kind)).toEqual(['smallerQuantization', 'moreMemory']);
  });

  it('names the place that is fuller', () => {
    const { reasons } = planFor(qwen30b, 64 * gigabyte, 8 * gigabyte);
    const fit = reasons.find(({ code }) => code === 'fitsTightly');
    expect(fit?.data).toMatchObject({ place: 'gpu', availableBytes: 8 * gigabyte });
  });

  it('offers a smaller context where a long one was wished', () => {
    const plan = planFor(qwen30b, 24 * gigabyte, 0, { contextSize: 262_144 });
    expect(plan.fits).toBe(false);
    expect(plan.remedies).toContainEqual({
      kind: 'smallerContext',
      data: { contextSize: 65_536 },
    });
  });

  it('offers fewer layers where too many were wished', () => {
    const wishes = { gpuLayers: 48, expertLayersOnCpu: 0 };
    const plan = planFor(qwen30b, 32 * gigabyte, 8 * gigabyte, wishes);
    expect(plan).toMatchObject({ fits: false, placement: wishes });
    expect(plan.remedies.map(({ kind }) => kind)).toContain('fewerGpuLayers');
  });

  it('predicts that experts in memory are faster than the processor alone', () => {
    const alone = planFor(qwen30b, 32 * gigabyte).speed.tokensPerSecond;
    const together = planFor(qwen30b, 32 * gigabyte, 4 * gigabyte).speed.tokensPerSecond;
    expect(together / alone).toBeGreaterThan(1.3);
  });

  it('corrects its speed by what was measured', () => {
    const { placement } = planFor(olmoe, 16 * gigabyte);
    const plan = planFor(olmoe, 16 * gigabyte, 0, {}, { placement, tokensPerSecond: 21 });
    expect(plan.speed.tokensPerSecond).toBeCloseTo(21);
    expect(plan.speed.basis).toBe('measured');
  });

  it('counts a sliding window as what it keeps', () => {
    const { memory } = planFor(gptOss20b, 32 * gigabyte, 0, { contextSize: 8192 });
    const perCell = 2 * 512 * 2;
    expect(memory.ram.kv).toBe(12 * 8192 * perCell + 12 * 768 * perCell);
  });

  it('counts blocks of a quantized cache', () => {
    const wishes = { contextSize: 1000, kvCacheType: 'q8_0' } as const;
    const { memory } = planFor(qwen30b, 64 * gigabyte, 0, wishes);
    expect(memory.ram.kv).toBe((48 * 1024 * 2 * 512 * 34) / 32);
  });

  it('shares one memory between a unified GPU and the processor', () => {
    const hardware = machine(16 * gigabyte, 16 * gigabyte);
    const gpus = hardware.gpus.map((gpu) => ({ ...gpu, unified: true }));
    const question = { inspection: qwen30b, wishes: {}, threads: null, measured: null };
    const plan = planPlacement({ ...question, hardware: { ...hardware, gpus } });
    expect(plan.fits).toBe(false);
  });

  it('leaves experts with their layers where nothing can part them', () => {
    const hardware = machine(32 * gigabyte, 8 * gigabyte);
    const question = { inspection: qwen30b, wishes: {}, threads: null, measured: null, hardware };
    const { placement } = planPlacement({ ...question, placesExperts: false });
    expect(placement.expertLayersOnCpu).toBe(0);
    expect(placement.gpuLayers).toBeGreaterThan(10);
    expect(placement.gpuLayers).toBeLessThan(48);
  });

  it('is quick for 94 layers', () => {
    const begin = performance.now();
    planFor(qwen235b, 64 * gigabyte, 16 * gigabyte);
    // Some milliseconds; the bound is there for mistakes of another order.
    expect(performance.now() - begin).toBeLessThan(2000);
  });
});

const models = fc.constantFrom(
  olmoe,
  qwen30b,
  gptOss20b,
  inspectionOf({
    architecture: 'deepseek2',
    layers: 27,
    embedding: 2048,
    vocabulary: 102_400,
    contextLength: 163_840,
    experts: { count: 64, used: 6 },
    expertWidth: 1408,
    firstExpertLayer: 1,
    attention: 10_000_000,
    cacheValues: 288,
    bytesPerWeight: 0.55,
  }),
  inspectionOf({
    architecture: 'llama',
    layers: 32,
    embedding: 4096,
    vocabulary: 32_000,
    contextLength: 4096,
    experts: { count: 0, used: 0 },
    expertWidth: 0,
    firstExpertLayer: 32,
    attention: 67_000_000,
    cacheValues: 1024,
    bytesPerWeight: 0.6,
  }),
);
const memory = fc.integer({ min: 0, max: 40_000 }).map((megabytes) => megabytes * 1e6);
const wishes = fc.record(
  {
    gpuLayers: fc.integer({ min: 0, max: 16 }),
    expertLayersOnCpu: fc.integer({ min: 0, max: 16 }),
    kvCacheType: fc.constantFrom('f16' as const, 'q8_0' as const, 'q4_0' as const),
    contextSize: fc.integer({ min: 1, max: 200_000 }),
    threads: fc.integer({ min: 1, max: 64 }),
    mmap: fc.boolean(),
    expertUsedCount: fc.integer({ min: 1, max: 4 }),
  },
  { requiredKeys: [] },
);

describe('every plan', () => {
  it('never fits where the sum exceeds a place', () => {
    fc.assert(
      fc.property(models, memory, memory, wishes, (inspection, ram, vram, wished) => {
        const plan = planFor(inspection, ram, vram, wished);
        const exceeds =
          bytesIn(plan.memory.gpu) > vram || bytesIn(plan.memory.ram) > ram || plan.memory.disk > 0;
        expect(plan.fits && exceeds).toBe(false);
        expect(plan.fits).toBe(plan.comfort !== 'not');
        expect(plan.remedies.length > 0).toBe(!plan.fits);
      }),
    );
  });

  it('is never slower with more memory', () => {
    fc.assert(
      fc.property(
        fc.tuple(models, memory, memory, memory, memory),
        ([inspection, ram, vram, moreRam, moreVram]) => {
          const less = planFor(inspection, ram, vram);
          const more = planFor(inspection, ram + moreRam, vram + moreVram);
          expect(more.speed.tokensPerSecond).toBeGreaterThanOrEqual(
            less.speed.tokensPerSecond * 0.999_999,
          );
        },
      ),
      { numRuns: 400 },
    );
  });

  it('keeps what is wished', () => {
    fc.assert(
      fc.property(models, memory, memory, wishes, (inspection, ram, vram, wished) => {
        const { placement, limits, reasons } = planFor(inspection, ram, vram, wished);
        const expected = { ...wished };
        if (limits.expertCount === 0) delete expected.expertUsedCount;
        if (limits.expertLayers === 0) delete expected.expertLayersOnCpu;
        expect(placement).toMatchObject(expected);
        const fixed = reasons.filter(({ code }) => code === 'fixedByPerson');
        expect(fixed.map(({ data }) => data['field'])).toEqual(Object.keys(wished));
      }),
    );
  });

  it('has all bytes of the file in one place or another', () => {
    fc.assert(
      fc.property(models, memory, memory, wishes, (inspection, ram, vram, wished) => {
        const { memory: places, use } = planFor(inspection, ram, vram, wished);
        const weights = places.gpu.weights + places.ram.weights + places.disk;
        const all = Object.values(inspection.bytes).reduce((total, part) => total + part, 0);
        expect(Math.abs(weights - all)).toBeLessThan(8);
        const routed = use.gpu.routedExperts + use.ram.routedExperts + use.disk.routedExperts;
        expect(routed).toBe(inspection.bytes.routedExperts);
      }),
    );
  });

  it('has a range around its speed', () => {
    fc.assert(
      fc.property(models, memory, memory, wishes, (inspection, ram, vram, wished) => {
        const { low, tokensPerSecond, high } = planFor(inspection, ram, vram, wished).speed;
        expect([low, tokensPerSecond, high]).toEqual(
          [low, tokensPerSecond, high].toSorted((a, b) => a - b),
        );
      }),
    );
  });
});
