import { describe, expect, it } from 'vitest';
import { chatTitle } from '../../../../app/core/chats/chat-title.ts';

describe('the first title of a chat', () => {
  it('is a short question as it stands, on one line', () => {
    expect(chatTitle('  What is\n a photon? ')).toBe('What is a photon?');
  });

  it('ends at a word and says that it was cut', () => {
    const title = chatTitle('Why does a model with thirty billion parameters run on my old laptop');
    expect(title).toBe('Why does a model with thirty billion parameters run on my…');
  });

  it('cuts a word that is longer than a title', () => {
    expect(chatTitle('x'.repeat(100))).toBe(`${'x'.repeat(60)}…`);
  });
});
