import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DeltaGatherer, type Delta } from '../../../app/engine/delta-gatherer.ts';

describe('gathered text', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function gather() {
    const sent: Delta[] = [];
    const gatherer = new DeltaGatherer((delta) => sent.push(delta), Date.now);
    const add = (text: string) => gatherer.add({ text, reasoning: '' });
    return { sent, gatherer, add };
  }

  it('goes out at once with the first token', () => {
    const { sent, add } = gather();
    add('The');
    expect(sent).toEqual([{ text: 'The', reasoning: '' }]);
  });

  it('goes out at most once a frame and loses nothing', () => {
    const { sent, add } = gather();
    for (let token = 0; token < 1000; token += 1) {
      add('a');
      vi.advanceTimersByTime(1);
    }
    vi.advanceTimersByTime(40);
    expect(sent.length).toBeLessThanOrEqual(31);
    expect(sent.map(({ text }) => text).join('')).toHaveLength(1000);
  });

  it('does not wait for another token', () => {
    const { sent, add } = gather();
    add('a');
    add('b');
    vi.advanceTimersByTime(34);
    expect(sent.map(({ text }) => text)).toEqual(['a', 'b']);
  });

  it('keeps text and reasoning apart and sends the rest at the end', () => {
    const { sent, gatherer } = gather();
    gatherer.add({ text: '', reasoning: 'hm' });
    gatherer.add({ text: 'a', reasoning: '' });
    gatherer.flush();
    gatherer.flush();
    expect(sent).toEqual([
      { text: '', reasoning: 'hm' },
      { text: 'a', reasoning: '' },
    ]);
  });
});
