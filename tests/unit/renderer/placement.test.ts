import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../app/contract/plans.ts';
import { contextSteps, nearestStep } from '../../../renderer/placement/context-steps.ts';
import { isEnlarged } from '../../../renderer/parts/enlarged-bar.ts';
import { wishesOf } from '../../../renderer/placement/placement-wishes.svelte.ts';
import { planPlacement } from '../../../app/core/plan/plan-placement.ts';
import { machine, qwen30b } from '../core/plan/example-models.ts';

function plan(
  ram: number,
  vram: number,
  wishes: Parameters<typeof planPlacement>[0]['wishes'] = {},
) {
  const hardware = machine(ram, vram);
  return planPlacement({ inspection: qwen30b, hardware, wishes, threads: 8, measured: null });
}

describe('the slider of the context', () => {
  it('doubles from step to step and ends with what the model knows', () => {
    expect(contextSteps(3000)).toEqual([512, 1024, 2048, 3000]);
    expect(contextSteps(300)).toEqual([300]);
  });

  it('stands at the nearest step', () => {
    expect(nearestStep([512, 1024, 2048], 1100)).toBe(1);
  });
});

describe('what a person fixed', () => {
  it('is read from the reasons of the plan', () => {
    const given = { contextSize: 4096, gpuLayers: 10 };
    expect(wishesOf(plan(24e9, 8e9, given))).toEqual(given);
    expect(wishesOf(plan(24e9, 8e9))).toEqual({});
  });

  it('is nothing while there is no plan, and never more than a placement has', () => {
    const supposed: Plan = plan(24e9, 8e9, { ramBytes: 20e9 });
    expect(wishesOf(null)).toEqual({});
    expect(wishesOf(supposed)).toEqual({});
  });
});

describe('a bar of a small model in a large memory', () => {
  it('stands for the model alone', () => {
    expect(isEnlarged(30e6, 20e9)).toBe(true);
    expect(isEnlarged(2e9, 20e9)).toBe(false);
  });

  it('is drawn as it is where there is nothing, or no end', () => {
    expect(isEnlarged(0, 20e9)).toBe(false);
    expect(isEnlarged(30e6, null)).toBe(false);
  });
});
