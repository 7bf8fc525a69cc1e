import { describe, expect, it } from 'vitest';
import type { PromptMessage } from '../../../app/contract/engine.ts';
import { promptWindow } from '../../../app/engine/prompt-window.ts';

/** Each word is a token. */
function count(messages: readonly PromptMessage[]): number {
  return messages.reduce((sum, { text }) => sum + text.split(' ').length, 0);
}

const words = (number: number) => Array.from({ length: number }, () => 'w').join(' ');
const system = { role: 'system', text: 'be brief' } as const;
const question = (length: number) => ({ role: 'user', text: words(length) }) as const;
const answer = (length: number) => ({ role: 'assistant', text: words(length) }) as const;

describe('what the model reads', () => {
  it('is everything when it fits', () => {
    const messages = [system, question(10), answer(10), question(10)];
    expect(promptWindow(messages, 100, count)).toEqual({ messages, tokens: 32 });
  });

  it('loses the oldest question together with its answer', () => {
    const messages = [system, question(40), answer(40), question(20), answer(10), question(11)];
    const window = promptWindow(messages, 100, count);
    expect(window.messages).toEqual([system, question(20), answer(10), question(11)]);
    expect(window.tokens).toBe(43);
  });

  it('keeps a last question that leaves little room for an answer', () => {
    const messages = [system, question(50), answer(10), question(92)];
    expect(promptWindow(messages, 100, count).messages).toEqual([system, question(92)]);
  });

  it('cannot be a question longer than the context', () => {
    expect(() => promptWindow([system, question(98)], 100, count)).toThrow(
      expect.objectContaining({ code: 'questionTooLong', data: { tokens: 100, contextSize: 100 } }),
    );
  });
});
