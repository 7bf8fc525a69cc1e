import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../../../../app/core/gguf/byte-source.ts';
import { HeaderDamage, NotGguf } from '../../../../app/core/gguf/header-damage.ts';
import { readHeader } from '../../../../app/core/gguf/header.ts';
import { writeGguf, type GgufSpec } from '../../../fixtures/gguf/writer.ts';

function sourceOf(bytes: Buffer): ByteSource {
  return {
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  };
}

const small: GgufSpec = {
  metadata: {
    'general.architecture': { text: 'llama' },
    'llama.context_length': { u32: 2048 },
    'llama.rope.freq_base': { f32: 10_000 },
    'tokenizer.ggml.tokens': { texts: Array.from({ length: 3000 }, (_, n) => `token ${n}`) },
    'llama.some_list': { u32s: [1, 2, 3] },
  },
  tensors: [
    { name: 'token_embd.weight', shape: [32, 8] },
    { name: 'blk.0.attn_q.weight', shape: [32, 32] },
  ],
};

/** `small` with a part of its bytes replaced. */
function patched(find: string, after: number, replacement: Buffer): ByteSource {
  const bytes = writeGguf(small);
  replacement.copy(bytes, bytes.indexOf(find) + find.length + after);
  return sourceOf(bytes);
}

const huge = Buffer.from('ffffffffffffff0f', 'hex');

describe('a header', () => {
  it('is read with values, tensors and the size that the file must have', async () => {
    const bytes = writeGguf(small);
    const header = await readHeader(sourceOf(bytes));
    expect(header.version).toBe(3);
    expect(header.metadata.get('general.architecture')).toBe('llama');
    expect(header.metadata.get('llama.rope.freq_base')).toBe(10_000);
    expect(header.metadata.get('llama.some_list')).toEqual([1, 2, 3]);
    expect(header.metadata.get('tokenizer.ggml.tokens')).toEqual({ listLength: 3000 });
    expect(header.tensors.map(({ name, bytes: size }) => [name, size])).toEqual([
      ['token_embd.weight', 1024],
      ['blk.0.attn_q.weight', 4096],
    ]);
    expect(header.expectedBytes).toBe(bytes.length);
  });

  it.each([
    ['too short', Buffer.from('GGUF')],
    ['of another kind', Buffer.alloc(100, 'x')],
  ])('of a file that is %s is none', async (_, bytes) => {
    await expect(readHeader(sourceOf(bytes))).rejects.toBeInstanceOf(NotGguf);
  });

  it.each([
    ['another version', patched('GGUF', 0, Buffer.from([9, 0, 0, 0]))],
    ['big-endian order', patched('GGUF', 0, Buffer.from([0, 0, 0, 3]))],
    ['more tensors than bytes', patched('GGUF', 4, huge)],
    ['more values than bytes', patched('GGUF', 12, huge)],
    ['a value of an unknown type', patched('llama.context_length', 0, Buffer.from([99]))],
    ['a text of 2^60 bytes', patched('general.architecture', 4, huge)],
    ['a list of 2^60 items', patched('tokenizer.ggml.tokens', 8, huge)],
    ['a tensor without dimensions', patched('token_embd.weight', 0, Buffer.from([0]))],
    ['a tensor with five dimensions', patched('token_embd.weight', 0, Buffer.from([5]))],
    ['a tensor of size zero', patched('token_embd.weight', 4, Buffer.alloc(8))],
    ['a tensor too large to count', patched('token_embd.weight', 4, huge)],
    ['a tensor of an unknown type', patched('token_embd.weight', 20, Buffer.from([77]))],
    ['a misaligned tensor', patched('token_embd.weight', 24, Buffer.from([1]))],
    ['overlapping tensors', patched('blk.0.attn_q.weight', 24, Buffer.from([32, 0]))],
    ['a text too long in a list', patched('token 5', 4, huge)],
  ])('with %s is damaged', async (_, source) => {
    await expect(readHeader(source)).rejects.toBeInstanceOf(HeaderDamage);
  });

  it('with a key that stands twice is damaged', async () => {
    const bytes = writeGguf({ ...small, metadata: { aaa: { u32: 1 }, bbb: { u32: 2 } } });
    bytes.write('aaa', bytes.indexOf('bbb'));
    await expect(readHeader(sourceOf(bytes))).rejects.toBeInstanceOf(HeaderDamage);
  });

  it('of a file that shrinks while it is read is damaged', async () => {
    const bytes = writeGguf(small);
    const shrinking: ByteSource = {
      size: bytes.length,
      read: (offset) => Promise.resolve(bytes.subarray(offset, Math.min(offset + 10, 100))),
    };
    await expect(readHeader(shrinking)).rejects.toBeInstanceOf(HeaderDamage);
  });

  it('that was changed anywhere is read or refused, never anything else', async () => {
    const original = writeGguf(small).subarray(0, 70_000);
    const change = fc.tuple(fc.nat(original.length - 1), fc.integer({ min: 0, max: 255 }));
    const verdict = async (changes: [number, number][]) => {
      const bytes = Buffer.from(original);
      for (const [at, value] of changes) bytes[at] = value;
      try {
        await readHeader(sourceOf(bytes));
        return 'read';
      } catch (thrown) {
        return thrown instanceof HeaderDamage || thrown instanceof NotGguf ? 'refused' : thrown;
      }
    };
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        expect(['read', 'refused']).toContain(await verdict(changes));
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});
