import type { List } from 'mdast';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamingBlocks, type Block } from '../../../../renderer/markdown/blocks.ts';

/** What a block is, without where it stood in its piece of text. */
function plain(blocks: readonly Block[]): unknown {
  const text = JSON.stringify(
    blocks.map(({ node }) => node),
    (key, value: unknown) => (key === 'position' ? undefined : value),
  );
  return JSON.parse(text);
}

function atOnce(text: string): unknown {
  return plain(new StreamingBlocks().update(text));
}

const answer = `# Title

A paragraph with **bold** text and \`code\`.

- one
- two

  still two

| a | b |
|---|---|
| 1 | 2 |

\`\`\`ts
const a = 1;

const b = 2;
\`\`\`

> quote

$$
x^2
$$

**Bold** begins a paragraph that goes on
***with bold*** and
#hashtag and
\`\`\`code\`\`\` and
| no | table |
| - | and a dash

1. one
2. two

3. three
## Heading at once
> quote
> more
***
\\[
a + b
\\]

It costs $5, not \\(5\\), nor $6$.

- a

    deep \\(x\\)
- b

The end.
`;

describe('growing text', () => {
  it('keeps finished blocks as the very same objects', () => {
    const blocks = new StreamingBlocks();
    const early = blocks.update(answer.slice(0, 140));
    const late = blocks.update(answer);
    expect(early.length).toBeGreaterThan(3);
    expect(late.slice(0, early.length - 1)).toEqual(early.slice(0, -1));
    expect(early.slice(0, -1).every((block, at) => late[at]?.node === block.node)).toBe(true);
  });

  it('gives the same blocks in the end, however it was cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(answer.length), { maxLength: 60 }), (cuts) => {
        const blocks = new StreamingBlocks();
        for (const cut of cuts.toSorted((a, b) => a - b)) blocks.update(answer.slice(0, cut));
        expect(plain(blocks.update(answer))).toEqual(atOnce(answer));
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  it('keeps what did not change within a growing block', () => {
    const blocks = new StreamingBlocks();
    const early = blocks.update('- one **bold**\n- two');
    const late = blocks.update('- one **bold**\n- two\n- three');
    const items = (shown: readonly Block[]) => (shown[0]?.node as List).children;
    expect(items(late)).toHaveLength(3);
    expect(items(late)[0]).toBe(items(early)[0]);
    expect(items(late)[1]).toBe(items(early)[1]);
  });

  it('does not take a line for a block of its own before it is complete', () => {
    const blocks = new StreamingBlocks();
    blocks.update('1. one\n\n2');
    expect(plain(blocks.update('1. one\n\n2. two'))).toEqual(atOnce('1. one\n\n2. two'));
    blocks.update('para\n#');
    expect(plain(blocks.update('para\n#tag'))).toEqual(atOnce('para\n#tag'));
  });

  it('gives each block a key of its own that stays', () => {
    const blocks = new StreamingBlocks();
    const early = blocks.update('one\n\ntwo');
    const late = blocks.update('one\n\ntwo\n\nthree');
    expect(early.map(({ key }) => key)).toEqual([0, 1]);
    expect(late.map(({ key }) => key)).toEqual([0, 1, 2]);
  });

  it('begins anew when it is another text', () => {
    const blocks = new StreamingBlocks();
    blocks.update('one\n\ntwo\n\nthree');
    expect(plain(blocks.update('other'))).toEqual(atOnce('other'));
  });

  it('shows an unfinished block of code as code', () => {
    expect(new StreamingBlocks().update('```py\nprint(1)')).toMatchObject([
      { node: { type: 'code', lang: 'py', value: 'print(1)' } },
    ]);
  });

  it('stays quick on hostile text', () => {
    const blocks = new StreamingBlocks();
    expect(blocks.update('*'.repeat(20_000)).length).toBeGreaterThan(0);
    expect(blocks.update('> '.repeat(300)).length).toBeGreaterThan(0);
  });
});
