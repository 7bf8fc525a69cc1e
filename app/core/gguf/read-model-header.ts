/** Reads the headers of all files of a model, wherever they are, and checks them together. */
import { MoeweError } from '../../contract/errors.ts';
import type { ByteSource } from './byte-source.ts';
import { requireConsistency } from './consistency.ts';
import { HeaderDamage, NotGguf } from './header-damage.ts';
import { readHeader } from './header.ts';
import { modelHeader, type ModelHeader, type Part } from './model-header.ts';
import { partNames, plainModelName, requireWhole } from './model-parts.ts';

/** Where a model's files are. */
export interface ModelPlace {
  /** The path or address of the first file, for messages. */
  readonly path: string;
  /** The first file's name; those of the others follow from it. */
  readonly name: string;
  /** The path or address of a file, for messages. */
  readonly pathOf: (name: string) => string;
  /** Opens a file for `use`. */
  readonly withPart: (name: string, use: (source: ByteSource) => Promise<Part>) => Promise<Part>;
}

/**
 * Reads a model and gives what `tell` makes of it. Errors: `modelNotGguf`, `modelTruncated`,
 * `modelDamaged`, and those of opening a file.
 */
export async function readModelHeader<Result>(
  place: ModelPlace,
  tell: (model: ModelHeader) => Result,
): Promise<Result> {
  const names = inWords(place.path, () => partNames(place.name));
  const parts: Part[] = [];
  // One after the other: a name that claims 99,999 parts ends at the first one that is missing.
  for (const name of names) parts.push(await readPart(place, name));
  return inWords(place.path, () => {
    requireWhole(parts);
    const model = modelHeader(parts, plainModelName(place.name));
    requireConsistency(model);
    return tell(model);
  });
}

async function readPart(place: ModelPlace, name: string): Promise<Part> {
  const path = place.pathOf(name);
  try {
    return await place.withPart(name, async (source) => {
      const header = await readHeader(source);
      const { expectedBytes } = header;
      if (source.size < expectedBytes) {
        throw new MoeweError('modelTruncated', { path, expectedBytes, actualBytes: source.size });
      }
      return { header, bytes: source.size };
    });
  } catch (thrown) {
    throw inPlace(thrown, path);
  }
}

function inWords<Result>(path: string, act: () => Result): Result {
  try {
    return act();
  } catch (thrown) {
    throw inPlace(thrown, path);
  }
}

/** Says where the damage is. */
function inPlace(thrown: unknown, path: string): unknown {
  if (thrown instanceof NotGguf) return new MoeweError('modelNotGguf', { path });
  if (thrown instanceof HeaderDamage) {
    return new MoeweError('modelDamaged', { path, detail: thrown.message });
  }
  return thrown;
}
