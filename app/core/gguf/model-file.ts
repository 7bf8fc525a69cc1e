/**
 * Reads what a model's file or files say about it, and makes sure that they are wholly there. The
 * weights are not read.
 */
import { basename, dirname, join } from 'node:path';
import { MoeweError } from '../../contract/errors.ts';
import type { ModelFacts } from '../../contract/models.ts';
import { withFileSource } from './byte-source.ts';
import { HeaderDamage, NotGguf } from './header-damage.ts';
import { readHeader, type GgufHeader } from './header.ts';
import { modelFactsOf } from './model-facts.ts';

/** A model's facts and the bytes of all its files. */
export interface ModelFile {
  readonly facts: ModelFacts;
  readonly bytes: number;
}

interface Part {
  readonly header: GgufHeader;
  readonly bytes: number;
}

/**
 * Reads a model; for a split one `path` is the first part. Errors: `modelFileMissing`,
 * `modelNotGguf`, `modelTruncated`, `modelDamaged`.
 */
export async function readModelFile(path: string): Promise<ModelFile> {
  const paths = partsOf(path);
  const parts = await Promise.all(paths.map(readPart));
  const [first] = parts;
  if (!first) throw new MoeweError('modelFileMissing', { path });
  const tensors = parts.flatMap(({ header }) => header.tensors);
  if (tensors.length === 0) {
    throw new MoeweError('modelDamaged', { path, detail: 'it holds no weights' });
  }
  const name = basename(path).replace(/\.gguf$/i, '');
  const bytes = parts.reduce((total, part) => total + part.bytes, 0);
  return { facts: modelFactsOf(first.header, tensors, name), bytes };
}

/** All files of a model (llama.cpp `llama_split_path`: `name-00001-of-00003.gguf`). */
function partsOf(path: string): string[] {
  const match = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/i.exec(basename(path));
  if (!match) return [path];
  const [, prefix = '', number, of = ''] = match;
  const count = Number(of);
  if (number !== '00001' || count < 1) {
    const detail = 'it is a later part of a split model; choose the part that ends in 00001';
    throw new MoeweError('modelDamaged', { path, detail });
  }
  return Array.from({ length: count }, (_, index) =>
    join(dirname(path), `${prefix}-${String(index + 1).padStart(5, '0')}-of-${of}.gguf`),
  );
}

async function readPart(path: string): Promise<Part> {
  try {
    return await withFileSource(path, async (source) => {
      const header = await readHeader(source);
      const { expectedBytes } = header;
      if (source.size < expectedBytes) {
        throw new MoeweError('modelTruncated', { path, expectedBytes, actualBytes: source.size });
      }
      return { header, bytes: source.size };
    });
  } catch (thrown) {
    if (thrown instanceof NotGguf) throw new MoeweError('modelNotGguf', { path });
    if (thrown instanceof HeaderDamage) {
      throw new MoeweError('modelDamaged', { path, detail: thrown.message });
    }
    throw thrown;
  }
}
