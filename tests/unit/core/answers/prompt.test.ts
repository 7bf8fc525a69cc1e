import { describe, expect, it } from 'vitest';
import type { Message } from '../../../../app/contract/answers.ts';
import { promptOf } from '../../../../app/core/answers/prompt.ts';

function message(role: Message['role'], text: string, more: Partial<Message> = {}): Message {
  return {
    id: text,
    chatId: 'chat',
    parentId: null,
    role,
    text,
    reasoning: '',
    attachments: [],
    status: { state: 'finished', stopReason: 'endOfAnswer', stats: null },
    model: null,
    createdAt: 0,
    ...more,
  };
}

describe('the prompt of a branch', () => {
  it('is the instructions, then questions and answers in order', () => {
    const branch = [message('user', 'One?'), message('assistant', 'Two.'), message('user', 'Why?')];
    expect(promptOf(branch, 'Be brief.')).toEqual([
      { role: 'system', text: 'Be brief.' },
      { role: 'user', text: 'One?' },
      { role: 'assistant', text: 'Two.' },
      { role: 'user', text: 'Why?' },
    ]);
  });

  it('has no system message without instructions', () => {
    expect(promptOf([message('user', 'One?')], ' \n')).toEqual([{ role: 'user', text: 'One?' }]);
  });

  it('leaves out what the model thought before it answered', () => {
    const answer = message('assistant', 'Two.', { reasoning: 'one and one' });
    const prompt = promptOf([message('user', '1+1?'), answer, message('user', 'Sure?')], '');
    expect(JSON.stringify(prompt)).not.toContain('one and one');
  });

  it('leaves out a question together with its answer that never came to a word', () => {
    const branch = [message('user', 'Lost?'), message('assistant', ''), message('user', 'Again?')];
    expect(promptOf(branch, '')).toEqual([{ role: 'user', text: 'Again?' }]);
  });

  it('keeps an answer that was interrupted in the middle', () => {
    const half = message('assistant', 'Because the', { status: { state: 'interrupted' } });
    const branch = [message('user', 'Why?'), half, message('user', 'Go on')];
    expect(promptOf(branch, '')).toHaveLength(3);
  });

  it('puts attachments before the question, each with its name', () => {
    const attachments = [{ name: 'a "b".txt', text: 'alpha\n' }];
    const [prompt] = promptOf([message('user', 'Summarise', { attachments })], '');
    expect(prompt?.text).toBe('<file name="a \\"b\\".txt">\nalpha\n</file>\n\nSummarise');
  });
});
