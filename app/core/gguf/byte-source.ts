/** Where the bytes of a model come from; the reader asks for ranges only. */
import { open, stat, type FileHandle } from 'node:fs/promises';
import { MoeweError } from '../../contract/errors.ts';

/** Bytes that can be read at any place. */
export interface ByteSource {
  /** The whole size in bytes. */
  readonly size: number;
  /** Up to `length` bytes from `offset`; fewer only at the end. */
  read(offset: number, length: number): Promise<Buffer>;
}

/** Opens a file for `use` and closes it again. Throws `modelFileMissing`. */
export async function withFileSource<Result>(
  path: string,
  use: (source: ByteSource) => Promise<Result>,
): Promise<Result> {
  let file: FileHandle;
  try {
    // A folder or a device of that name can be opened, but is no model.
    if (!(await stat(path)).isFile()) throw new Error('not a file');
    file = await open(path);
  } catch (cause) {
    throw new MoeweError('modelFileMissing', { path }, { cause });
  }
  try {
    const { size } = await file.stat();
    return await use({
      size,
      read: async (offset, length) => {
        const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - offset)));
        const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
        return buffer.subarray(0, bytesRead);
      },
    });
  } finally {
    await file.close();
  }
}
