import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { MemoryReport, Plan } from '../../../app/contract/plans.ts';
import { inspectModelFile } from '../../../app/core/gguf/model-file.ts';
import { enginePlacementOf } from '../../../app/core/plan/engine-placement.ts';
import { planPlacement } from '../../../app/core/plan/plan-placement.ts';
import { writeRealShape, type RealShapeName } from '../../fixtures/gguf/real-shapes.ts';
import { gigabyte, machine } from '../../unit/core/plan/example-models.ts';
import { temporaryHome } from '../core/temporary-home.ts';
import { needNativeBuild } from './native-abilities.ts';
import { supervisedEngine } from './supervised-engine.ts';

const threads = 1;

async function planned(path: string, contextSize: number) {
  const inspection = await inspectModelFile(path);
  const hardware = machine(1000 * gigabyte);
  const wishes = { contextSize };
  const plan = planPlacement({ inspection, hardware, wishes, threads, measured: null });
  return { plan, placement: enginePlacementOf(plan.placement, inspection) };
}

function file(name: string): string {
  const path = join(temporaryHome().folder, '..', `moewe-planned-${name}.gguf`);
  onTestFinished(() => rmSync(path, { force: true }));
  return path;
}

/** The formula's bytes over llama.cpp's. */
function shares({ memory }: Plan, { ram }: MemoryReport) {
  return {
    weights: memory.ram.weights / ram.weights,
    kv: memory.ram.kv / ram.kv,
    compute: memory.ram.compute / ram.compute,
  };
}

describe('the memory of a plan', () => {
  it.for<RealShapeName>(['olmoe-1b-7b', 'qwen3-30b-a3b', 'deepseek-v2-lite', 'gpt-oss-20b'])(
    'of the size of %s is what llama.cpp counts',
    async (name, context) => {
      needNativeBuild(context);
      const path = file(name);
      writeRealShape(path, name);
      const { plan, placement } = await planned(path, 4096);
      const { engine } = supervisedEngine();
      const { weights, kv, compute } = shares(plan, await engine.estimate(path, placement));
      expect(Math.abs(weights - 1)).toBeLessThan(0.01);
      expect(kv).toBe(1);
      expect(Math.abs(compute - 1)).toBeLessThan(0.15);
    },
  );
});
