import { describe, expect, it } from 'vitest';
import { safeLink } from '../../../../renderer/markdown/safe-link.ts';
import { withDollarMathematics } from '../../../../renderer/markdown/mathematics.ts';

describe('formulas', () => {
  it.each([
    ['it is \\(x^2\\) here', 'it is $x^2$ here'],
    ['\\[ a\nb \\]', '$$a b$$'],
    ['as $x^2$ says', 'as $x^2$ says'],
    ['$$\nx\n$$', '$$\nx\n$$'],
    ['it costs $5 and $6', 'it costs \\$5 and \\$6'],
    ['from $20,000 to $30,000', 'from \\$20,000 to \\$30,000'],
    ['an open $ stays', 'an open \\$ stays'],
    ['an escaped \\$ stays', 'an escaped \\$ stays'],
    ['`$a` and `\\(b\\)`', '`$a` and `\\(b\\)`'],
    ['```\n$a $b\n\\(c\\)\n```', '```\n$a $b\n\\(c\\)\n```'],
    [
      '1. a\n\n      ```\n      $a $b\n\n      $c\n      ```',
      '1. a\n\n      ```\n      $a $b\n\n      $c\n      ```',
    ],
    ['```code``` costs $5', '```code``` costs \\$5'],
    ['$$a\n\nb$$', '\\$\\$a\n\nb\\$\\$'],
    ['no formula at all', 'no formula at all'],
  ])('in %j are written as %j', (text, expected) => {
    expect(withDollarMathematics(text).text).toBe(expected);
  });
});

it('tells where a part of the changed text stood before', () => {
  const original = 'costs $5\n\n\\(a\\)\n\n\\[\nb\n\\]\n\nend';
  const { text, originalOffset } = withDollarMathematics(original);
  const place = (part: string) => originalOffset(text.indexOf(part));
  expect(place('costs')).toBe(0);
  expect(place('$a$')).toBe(original.indexOf('\\(a'));
  expect(place('$$b$$')).toBe(original.indexOf('\\['));
  expect(place('end')).toBe(original.indexOf('end'));
});

describe('an address in a text', () => {
  it.each([
    ['https://example.org', 'https://example.org/'],
    ['mailto:a@b.c', 'mailto:a@b.c'],
    ['javascript:alert(1)', null],
    ['JAVASCRIPT:alert(1)', null],
    ['data:text/html,x', null],
    ['file:///etc/passwd', null],
    ['/relative', null],
  ])('%s becomes %s', (address, expected) => {
    expect(safeLink(address)).toBe(expected);
  });
});
