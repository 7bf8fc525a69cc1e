import { describe, expect, it } from 'vitest';
import { checkedLink } from '../../../app/core/checked-link.ts';

describe('a link that may leave the app', () => {
  it.each(['https://example.org/a?b#c', 'http://example.org/', 'mailto:a@example.org'])(
    'can be %s',
    (link) => {
      expect(checkedLink(link)).toBe(link);
    },
  );

  it.each([
    'javascript:alert(1)',
    'file:///etc/passwd',
    'smb://server/share',
    'data:text/html,x',
    'ms-msdt:/id',
    ' JaVaScRiPt:alert(1)',
    'not a link',
    '',
  ])('cannot be %s', (link) => {
    expect(() => checkedLink(link)).toThrow(expect.objectContaining({ code: 'linkRefused' }));
  });
});
