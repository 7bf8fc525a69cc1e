import { describe, expect, it } from 'vitest';
import { Stopwatch } from '../../../app/engine/stopwatch.ts';

function watchWithClock() {
  const clock = { ms: 0 };
  return { clock, watch: new Stopwatch(() => clock.ms) };
}

describe('the figures of an answer', () => {
  it('separate reading the prompt from writing the answer', () => {
    const { clock, watch } = watchWithClock();
    clock.ms = 200;
    watch.tokens(1);
    clock.ms = 300;
    watch.tokens(1);
    clock.ms = 400;
    watch.tokens(1);
    expect(watch.figures()).toEqual({ answerTokens: 3, firstTokenMs: 200, decodeMs: 200 });
  });

  it('are empty where nothing was written', () => {
    const { watch } = watchWithClock();
    watch.tokens(0);
    expect(watch.figures()).toEqual({ answerTokens: 0, firstTokenMs: null, decodeMs: 0 });
  });
});
