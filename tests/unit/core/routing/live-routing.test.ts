import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AnsweringModel } from '../../../../app/contract/models.ts';
import type { RoutingAbsence, StripToken } from '../../../../app/contract/routing.ts';
import { MoeweError } from '../../../../app/contract/errors.ts';
import { recordOf, type ExpertChoices } from '../../../../app/core/routing/expert-choices.ts';
import { noCounts, type ExpertCounts } from '../../../../app/core/routing/expert-counts.ts';
import { LiveRouting } from '../../../../app/core/routing/live-routing.ts';

const model: AnsweringModel = {
  id: 'm',
  name: 'M',
  architecture: 'deepseek',
  parameters: { total: 2, active: 1 },
  experts: { count: 4, used: 2, shared: 0 },
};
const shape = { layers: [1], expertCount: 4, usedCount: 2 };

function recordWith(text: string, experts: number[]) {
  const weights = Uint8Array.from(experts, () => 128);
  return recordOf({ shape, texts: [text], experts: Uint16Array.from(experts), weights });
}

/** Everybody but expert 3 worked often. */
const lopsided: ExpertCounts = {
  ...noCounts(shape),
  tokens: 300,
  counts: Float64Array.from([200, 200, 200, 0]),
};

function begin(ever: ExpertCounts | null = null) {
  const saved: ExpertChoices[] = [];
  const absences: RoutingAbsence[] = [];
  const published: StripToken[] = [];
  const disk = { full: false };
  const onSaved = vi.fn();
  const live = new LiveRouting({
    saveAbsence: (reason) => absences.push(reason),
    append: (_, choices) => {
      if (disk.full) throw new MoeweError('diskFull', { path: '/home/moewe.db' });
      saved.push(choices);
    },
    ever: () => ever,
    publish: (tokens) => published.push(...tokens),
    onSaved,
  });
  const texts = () => saved.map((choices) => choices.texts.join(''));
  return { live, texts, absences, published, disk, onSaved };
}

describe('the experts of an answer that is being written', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('are told at once and saved at least each second', () => {
    const { live, texts, published } = begin();
    live.begin(model, null);
    live.add(recordWith('Be', [0, 1]));
    vi.advanceTimersByTime(600);
    live.add(recordWith('cause', [1, 2]));
    expect(published.map(({ text }) => text)).toEqual(['Be', 'cause']);
    expect(texts()).toEqual([]);
    vi.advanceTimersByTime(400);
    expect(texts()).toEqual(['Because']);
  });

  it('are saved once, and the rest when the answer ends', () => {
    const { live, texts, onSaved } = begin();
    live.begin(model, null);
    live.add(recordWith('Be', [0, 1]));
    vi.advanceTimersByTime(1000);
    live.add(recordWith('cause', [1, 2]));
    live.finish();
    vi.advanceTimersByTime(60_000);
    expect(texts()).toEqual(['Be', 'cause']);
    expect(live.strip.map(({ text }) => text)).toEqual(['Be', 'cause']);
    expect(onSaved).toHaveBeenCalledOnce();
  });

  it('are kept while the disk is full and saved when there is space again', () => {
    const { live, texts, disk, onSaved } = begin();
    disk.full = true;
    live.begin(model, null);
    live.add(recordWith('Because', [0, 1]));
    live.finish();
    vi.advanceTimersByTime(5000);
    expect(live.unsaved?.texts).toEqual(['Because']);
    expect(onSaved).not.toHaveBeenCalled();
    disk.full = false;
    vi.advanceTimersByTime(1000);
    expect(texts()).toEqual(['Because']);
    expect(onSaved).toHaveBeenCalledOnce();
  });

  it('are looked up among those that the model rarely uses', () => {
    const { live, published } = begin(lopsided);
    live.begin(model, null);
    for (let token = 0; token < 30; token += 1) live.add(recordWith('a', [0, 1]));
    live.add(recordWith('b', [0, 3]));
    expect(published.filter(({ rare }) => rare).map(({ text }) => text)).toEqual(['b']);
  });

  it('are missing for a reason that is kept', () => {
    const { live, absences, onSaved } = begin();
    live.begin(model, 'switchedOff');
    live.finish();
    expect(live.absence).toBe('switchedOff');
    expect(absences).toEqual(['switchedOff']);
    expect(onSaved).toHaveBeenCalled();
  });
});
