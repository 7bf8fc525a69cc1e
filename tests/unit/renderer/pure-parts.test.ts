import { describe, expect, it } from 'vitest';
import type { Message } from '../../../app/contract/answers.ts';
import type { Chat } from '../../../app/contract/chats.ts';
import { dayGroups } from '../../../renderer/chats/day-groups.ts';
import { excerptParts } from '../../../renderer/chats/excerpt.ts';
import { branchOf, newestLeaf, siblingsOf } from '../../../renderer/conversation/branch.ts';
import { readTextFile } from '../../../renderer/conversation/text-file.ts';

function chatAt(id: string, when: string): Chat {
  const updatedAt = new Date(when).getTime();
  return { id, title: id, createdAt: updatedAt, updatedAt, leafId: null };
}

function message(id: string, parentId: string | null, role: Message['role'] = 'user'): Message {
  return {
    id,
    parentId,
    role,
    chatId: 'c',
    text: '',
    reasoning: '',
    attachments: [],
    status: { state: 'waiting' },
    model: null,
    createdAt: 0,
  };
}

describe('chats by day', () => {
  it('are grouped as a person remembers them', () => {
    const chats = [
      chatAt('now', '2026-03-10T15:00'),
      chatAt('night', '2026-03-10T00:00'),
      chatAt('yesterday', '2026-03-09T23:59'),
      chatAt('week', '2026-03-05T12:00'),
      chatAt('old', '2025-12-01T12:00'),
    ];
    const groups = dayGroups(chats, new Date('2026-03-10T16:00'));
    expect(groups.map(({ name, chats: grouped }) => [name, grouped.map(({ id }) => id)])).toEqual([
      ['today', ['now', 'night']],
      ['yesterday', ['yesterday']],
      ['week', ['week']],
      ['earlier', ['old']],
    ]);
  });

  it('leave out days without chats', () => {
    expect(dayGroups([], new Date())).toEqual([]);
  });
});

describe('the tree of messages', () => {
  const messages = [
    message('q', null),
    message('a1', 'q', 'assistant'),
    message('a2', 'q', 'assistant'),
    message('q2', 'a1'),
  ];

  it('is shown along one branch', () => {
    expect(branchOf(messages, 'q2').map(({ id }) => id)).toEqual(['q', 'a1', 'q2']);
    expect(branchOf(messages, null)).toEqual([]);
  });

  it('knows answers to the same question', () => {
    expect(siblingsOf(messages, message('a2', 'q', 'assistant')).map(({ id }) => id)).toEqual([
      'a1',
      'a2',
    ]);
  });

  it('goes on to the end of the newest branch', () => {
    expect(newestLeaf(messages, 'a1')).toBe('q2');
    expect(newestLeaf(messages, 'q')).toBe('a2');
  });
});

describe('an excerpt', () => {
  it('is taken apart into marked and plain pieces', () => {
    expect(excerptParts('a \u0002b\u0003 c')).toEqual([
      { text: 'a ', marked: false },
      { text: 'b', marked: true },
      { text: ' c', marked: false },
    ]);
  });
});

describe('a file that is attached', () => {
  const file = (bytes: number[]) => new File([new Uint8Array(bytes)], 'f.txt');

  it.each([
    ['UTF-8', [0xc3, 0xa4], 'ä'],
    ['the older one-byte encoding', [0xe4], 'ä'],
    ['UTF-16 with its mark', [0xff, 0xfe, 0xe4, 0x00], 'ä'],
  ])('is read in %s', async (_, bytes, text) => {
    expect(await readTextFile(file(bytes))).toEqual({ name: 'f.txt', text });
  });

  it('is refused when it is no text or too large', async () => {
    await expect(readTextFile(file([1, 0]))).rejects.toMatchObject({ code: 'attachmentNotText' });
    const large = new File([new Uint8Array(4 * 1024 * 1024 + 1)], 'l.txt');
    await expect(readTextFile(large)).rejects.toMatchObject({ code: 'attachmentTooLarge' });
  });
});
