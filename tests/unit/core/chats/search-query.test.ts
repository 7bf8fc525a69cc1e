import { describe, expect, it } from 'vitest';
import { searchQuery } from '../../../../app/core/chats/search-query.ts';

describe('the query for a search', () => {
  it('takes each word as the beginning of a word', () => {
    expect(searchQuery('miet frist')).toBe('"miet"* "frist"*');
  });

  it('makes operators of the query language harmless', () => {
    expect(searchQuery('a" OR b*) NEAR(')).toBe('"a"* "OR"* "b"* "NEAR"*');
  });

  it('is nothing where there is no word', () => {
    expect(searchQuery(' "*() ')).toBeNull();
  });
});
