import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Message } from '../../../../app/contract/answers.ts';
import type { ChatEvent } from '../../../../app/contract/chats.ts';
import { MoeweError } from '../../../../app/contract/errors.ts';
import { LiveAnswer } from '../../../../app/core/chats/live-answer.ts';

const empty: Message = {
  id: 'answer',
  chatId: 'chat',
  parentId: 'question',
  role: 'assistant',
  text: '',
  reasoning: '',
  attachments: [],
  status: { state: 'waiting' },
  model: null,
  createdAt: 0,
};
const finished = { state: 'finished', stopReason: 'endOfAnswer', stats: null } as const;

function begin() {
  const saved: Message[] = [];
  const events: ChatEvent[] = [];
  const disk = { full: false };
  const onSaved = vi.fn();
  const live = new LiveAnswer(empty, {
    save: (message) => {
      if (disk.full) throw new MoeweError('diskFull', { path: '/home/moewe.db' });
      saved.push(message);
    },
    publish: (event) => events.push(event),
    onSaved,
  });
  return { live, saved, events, disk, onSaved };
}

describe('an answer that is being written', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is saved at least each second while text comes', () => {
    const { live, saved } = begin();
    live.append('Because ', '');
    vi.advanceTimersByTime(600);
    live.append('of ', '');
    vi.advanceTimersByTime(400);
    expect(saved.map(({ text }) => text)).toEqual(['Because of ']);
  });

  it('does not write to the disk when nothing happens', () => {
    const { live, saved } = begin();
    live.append('Because', '');
    vi.advanceTimersByTime(60_000);
    expect(saved).toHaveLength(1);
  });

  it('is saved at once when it ends', () => {
    const { live, saved, onSaved } = begin();
    live.append('Because', '');
    live.finish(finished);
    expect(saved.at(-1)).toMatchObject({ text: 'Because', status: finished });
    expect(onSaved).toHaveBeenCalledOnce();
  });

  it('keeps everything while the disk is full and saves it when there is space again', () => {
    const { live, saved, events, disk, onSaved } = begin();
    disk.full = true;
    live.append('Because', '');
    live.finish(finished);
    vi.advanceTimersByTime(5000);
    expect(saved).toEqual([]);
    expect(onSaved).not.toHaveBeenCalled();
    disk.full = false;
    vi.advanceTimersByTime(1000);
    expect(saved.at(-1)).toMatchObject({ text: 'Because', status: finished });
    expect(onSaved).toHaveBeenCalledOnce();
    expect(events.filter(({ type }) => type === 'unsaved')).toEqual([
      { type: 'unsaved', path: '/home/moewe.db' },
      { type: 'unsaved', path: null },
    ]);
  });
});
