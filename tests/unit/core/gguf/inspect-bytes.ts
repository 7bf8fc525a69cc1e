/** Inspects files in memory, for tests. */
import { inspectionOf } from '../../../../app/core/gguf/inspection.ts';
import { readModelHeader } from '../../../../app/core/gguf/read-model-header.ts';
import type { Inspection } from '../../../../app/contract/inspection.ts';
import { MoeweError } from '../../../../app/contract/errors.ts';

/** One file, or the files of a split model by their names, the first one first. */
export function inspectBytes(files: Buffer | ReadonlyMap<string, Buffer>): Promise<Inspection> {
  const byName = Buffer.isBuffer(files) ? new Map([['model.gguf', files]]) : files;
  const [name = ''] = byName.keys();
  return readModelHeader(
    {
      path: name,
      name,
      pathOf: (part) => part,
      withPart: async (part, use) => {
        const bytes = byName.get(part);
        if (!bytes) throw new MoeweError('modelFileMissing', { path: part });
        return use({
          size: bytes.length,
          read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
        });
      },
    },
    inspectionOf,
  );
}
