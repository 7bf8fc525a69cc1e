import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../app/contract/plans.ts';
import { contextSteps, nearestStep } from '../../../renderer/placement/context-steps.ts';
import { bytesIn, partsOf } from '../../../renderer/placement/place-parts.ts';
import { bytesOf, planSentence } from '../../../renderer/placement/place-words.ts';
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

describe('a plan in words', () => {
  it.each([
    [24e9, 8e9, 'with the experts of'],
    [64e9, 0, 'all of it in memory'],
    [64e9, 48e9, 'all of it on the GPU'],
    [4e9, 0, 'Does not fit'],
  ])('says for %d bytes of memory and %d on the GPU where things are', (ram, vram, words) => {
    expect(planSentence(plan(ram, vram))).toContain(words);
  });

  it('writes the unit once where it is the same', () => {
    expect(bytesOf(7_100_000_000, 8_000_000_000, 'en')).toBe('7.1 / 8 GB');
    expect(bytesOf(710_000_000, 8_000_000_000, 'de')).toBe('710 MB / 8 GB');
  });
});

describe('the parts of a bar', () => {
  it('leave out what is not there and add up to all', () => {
    const { use } = plan(24e9, 8e9);
    const parts = partsOf(use.gpu);
    expect(parts.map(({ name }) => name)).not.toContain('sharedExperts');
    expect(parts.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(bytesIn(use.gpu));
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
