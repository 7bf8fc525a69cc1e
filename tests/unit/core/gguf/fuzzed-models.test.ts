import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MoeweError } from '../../../../app/contract/errors.ts';
import { inspection } from '../../../../app/contract/inspection.ts';
import { tinyArchitectures } from '../../../fixtures/gguf/families.ts';
import { tinySpec } from '../../../fixtures/gguf/tiny-model.ts';
import { writeGguf } from '../../../fixtures/gguf/writer.ts';
import { inspectBytes } from './inspect-bytes.ts';

/** Numbers that parsers get wrong. */
const nasty = [0, 1, 7, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

const change = fc.oneof(
  fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), byte: fc.nat(255) }),
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    number: fc.constantFrom(...nasty),
    width: fc.constantFrom(4, 8),
  }),
);

type Change = typeof change extends fc.Arbitrary<infer Kind> ? Kind : never;

function apply(bytes: Buffer, { at, ...kind }: Change, headerBytes: number): void {
  const offset = Math.floor(at * (headerBytes - 8));
  if ('byte' in kind) {
    bytes[offset] = kind.byte;
    return;
  }
  bytes.writeUInt32LE(kind.number, offset);
  if (kind.width === 8) bytes.writeUInt32LE(kind.number, offset + 4);
}

/** `ok`, or what is wrong with the answer. */
async function verdict(bytes: Buffer): Promise<unknown> {
  try {
    return inspection.safeParse(await inspectBytes(bytes)).error ?? 'ok';
  } catch (thrown) {
    return thrown instanceof MoeweError ? 'ok' : thrown;
  }
}

describe('a model whose header was changed anywhere', () => {
  it.each(tinyArchitectures)('(%s) is inspected or refused, never anything else', async (name) => {
    const original = writeGguf(tinySpec(name));
    // Weights are never read; all that matters lies before them.
    const headerBytes = writeGguf({ ...tinySpec(name), tensors: [] }).length + 2000;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const bytes = Buffer.from(original);
        for (const one of changes) apply(bytes, one, headerBytes);
        expect(await verdict(bytes)).toBe('ok');
      }),
      { numRuns: 60, seed: 11 },
    );
  });

  it('is inspected or refused wherever it ends', async () => {
    const original = writeGguf(tinySpec('gemma4'));
    await fc.assert(
      fc.asyncProperty(fc.nat(original.length), async (length) => {
        expect(await verdict(original.subarray(0, length))).toBe('ok');
      }),
      { numRuns: 100, seed: 12 },
    );
  });
});

describe('metadata of any value', () => {
  const value = fc.oneof(
    fc.nat({ max: 0xffffffff }).map((u32) => ({ u32 })),
    fc.integer({ min: -5, max: 5 }).map((i32) => ({ i32 })),
    fc.float().map((f32) => ({ f32 })),
    fc.boolean().map((bool) => ({ bool })),
    fc.string({ maxLength: 20 }).map((text) => ({ text })),
    fc.array(fc.nat(9), { maxLength: 6 }).map((u32s) => ({ u32s })),
    fc.array(fc.string({ maxLength: 5 }), { maxLength: 4 }).map((texts) => ({ texts })),
  );

  it.each(tinyArchitectures)('in a %s is inspected or refused', async (name) => {
    const { metadata, tensors } = tinySpec(name);
    const empty = tensors.map(({ name: own, shape, type = 0 }) => ({ name: own, shape, type }));
    const keys = Object.keys(metadata).filter((key) => !key.startsWith('tokenizer.ggml'));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...keys), value, async (key, changed) => {
        const bytes = writeGguf({ metadata: { ...metadata, [key]: changed }, tensors: empty });
        expect(await verdict(bytes)).toBe('ok');
      }),
      { numRuns: 40, seed: 13 },
    );
  });
});
