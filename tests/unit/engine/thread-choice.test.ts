import { describe, expect, it } from 'vitest';
import { chooseThreads, threadCandidates } from '../../../app/engine/thread-choice.ts';

/** A machine on which each number of threads has a fixed speed; samples take simulated time. */
function machine(speeds: Readonly<Record<number, number>>, sampleMs = 100) {
  let clock = 0;
  const tried: number[] = [];
  return {
    tried,
    now: () => clock,
    measure: (threads: number) => {
      clock += sampleMs;
      tried.push(threads);
      return Promise.resolve(speeds[threads] ?? 0);
    },
  };
}

describe('the numbers of threads worth trying', () => {
  it.each([
    [1, [1]],
    [2, [1, 2]],
    [4, [1, 2, 3, 4]],
    [8, [1, 2, 4, 7, 8]],
    [16, [1, 2, 4, 8, 15, 16]],
  ])('on %i cores are %j', (cores, expected) => {
    expect(threadCandidates(cores)).toEqual(expected);
  });
});

describe('the choice of threads', () => {
  it('is one for a tiny model that more threads slow down, without trying them twice', async () => {
    const { measure, now, tried } = machine({ 1: 1000, 2: 66 });
    const { threads } = await chooseThreads([1, 2], measure, 2000, now);
    expect(threads).toBe(1);
    // The first one only reads the weights from the disk.
    expect(tried.slice(1)).toEqual([1, 2]);
  });

  it('is all cores for a large model', async () => {
    const { measure, now } = machine({ 1: 3, 2: 6, 4: 11, 7: 17, 8: 19 });
    const { threads, samples } = await chooseThreads([1, 2, 4, 7, 8], measure, 3000, now);
    expect(threads).toBe(8);
    expect(samples.map((sample) => sample.threads)).toEqual([1, 2, 4, 7, 8]);
  });

  it('prefers fewer threads when more gain next to nothing', async () => {
    const { measure, now } = machine({ 1: 100, 2: 103 });
    expect((await chooseThreads([1, 2], measure, 2000, now)).threads).toBe(1);
  });

  it('ends at its limit with the best that it knows', async () => {
    const { measure, now, tried } = machine({ 1: 1, 2: 2, 4: 4 }, 900);
    const { threads } = await chooseThreads([1, 2, 4], measure, 2000, now);
    expect(threads).toBe(2);
    expect(tried.length).toBeLessThanOrEqual(3);
  });

  it('takes the only candidate there is', async () => {
    const { measure, now } = machine({ 1: 5 });
    expect((await chooseThreads([1], measure, 2000, now)).threads).toBe(1);
  });
});
