/**
 * Reads what a model's file or files say about it, and makes sure that they are wholly there. The
 * weights are not read.
 */
import { basename, dirname, join } from 'node:path';
import { MoeweError } from '../../contract/errors.ts';
import type { Inspection } from '../../contract/inspection.ts';
import type { ModelFacts } from '../../contract/models.ts';
import { withFileSource, type ByteSource } from './byte-source.ts';
import { requireConsistency } from './consistency.ts';
import { HeaderDamage, NotGguf } from './header-damage.ts';
import { readHeader, type GgufHeader } from './header.ts';
import { inspectHeaders } from './inspection.ts';
import { Metadata } from './metadata.ts';
import { partNames, requireSplitSet, requireSplitTensors } from './split-set.ts';

/** A model's facts and the bytes of all its files. */
export interface ModelFile {
  readonly facts: ModelFacts;
  readonly bytes: number;
}

/** One file of a model. */
interface Part {
  readonly header: GgufHeader;
  readonly bytes: number;
}

/** Opens one file of a model for `use`; `name` is `path` or one beside it. */
export type OpenPart = <Result>(
  path: string,
  use: (source: ByteSource) => Promise<Result>,
) => Promise<Result>;

/** Facts for the library. Errors: those of `inspectModelFile`. */
export async function readModelFile(path: string): Promise<ModelFile> {
  const inspection = await inspectModelFile(path);
  const { architecture, name, license, quantization, contextLength, parameters, experts } =
    inspection;
  const hasChatTemplate = inspection.chatTemplate !== null;
  const facts = { architecture, name, license, quantization, contextLength, parameters, experts };
  return { facts: { ...facts, hasChatTemplate }, bytes: inspection.fileBytes };
}

/**
 * Everything that a model's headers say; for a split one `path` is the first part. Errors:
 * `modelFileMissing`, `modelNotGguf`, `modelTruncated`, `modelDamaged`.
 */
export function inspectModelFile(path: string): Promise<Inspection> {
  const besides = (name: string) => join(dirname(path), name);
  return inspectParts(path, basename(path), besides, withFileSource);
}

/** The same wherever the files are: `pathOf` turns a part's name into what `open` takes. */
export async function inspectParts(
  path: string,
  fileName: string,
  pathOf: (name: string) => string,
  open: OpenPart,
): Promise<Inspection> {
  try {
    const parts: Part[] = [];
    // One after the other: the first bad part ends it, and a remote host is asked politely.
    for (const name of partNames(fileName)) parts.push(await readPart(pathOf(name), open));
    return inspectHeaders(joined(parts, fileName));
  } catch (thrown) {
    if (!(thrown instanceof HeaderDamage)) throw thrown;
    throw new MoeweError('modelDamaged', { path, detail: thrown.message });
  }
}

function joined(parts: readonly Part[], fileName: string) {
  const all = parts.map(({ header }) => new Metadata(header.metadata));
  const tensors = parts.flatMap(({ header }) => header.tensors);
  const [metadata] = all;
  if (metadata === undefined || tensors.length === 0) throw new HeaderDamage('it holds no weights');
  requireSplitSet(all);
  requireSplitTensors(
    all,
    tensors.map(({ name }) => name),
  );
  requireConsistency(metadata, tensors);
  const fileBytes = parts.reduce((total, { bytes }) => total + bytes, 0);
  return { metadata, tensors, fileBytes, fileName: fileName.replace(/\.gguf$/i, '') };
}

async function readPart(path: string, open: OpenPart): Promise<Part> {
  try {
    return await open(path, async (source) => {
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
