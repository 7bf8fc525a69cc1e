/** The files of a model that was split (llama.cpp `llama_split_path`: `name-00001-of-00003.gguf`). */
import { HeaderDamage } from './header-damage.ts';
import type { Metadata } from './metadata.ts';

/** More parts than any publisher makes; a name can claim 99,999. */
const mostParts = 1000;

const partName = /^(.*)-(\d{5})-of-(\d{5})(\.gguf)$/i;

/**
 * The names of all files of the model that `name` belongs to; `name` itself for a whole one. Throws
 * `HeaderDamage` for a later part and for impossible numbers.
 */
export function partNames(name: string): string[] {
  const match = partName.exec(name);
  if (!match) return [name];
  const [, prefix = '', number, of = '', suffix = ''] = match;
  const count = Number(of);
  if (number !== '00001') {
    throw new HeaderDamage(
      'it is a later part of a split model; choose the part that ends in 00001',
    );
  }
  if (count < 1 || count > mostParts) throw new HeaderDamage(`it claims ${count} parts`);
  return Array.from(
    { length: count },
    (_, index) => `${prefix}-${String(index + 1).padStart(5, '0')}-of-${of}${suffix}`,
  );
}

/** The files of one set agree on their number, and each says which one it is, if it says anything. */
export function requireSplitSet(parts: readonly Metadata[]): void {
  for (const [index, metadata] of parts.entries()) {
    const number = metadata.countAt('split.no') ?? index;
    const count = metadata.countAt('split.count') ?? parts.length;
    // A whole file may carry a count of 0.
    if (count !== parts.length && !(parts.length === 1 && count === 0)) {
      throw new HeaderDamage(`part ${index + 1} belongs to a set of ${count}, not ${parts.length}`);
    }
    if (number !== index) {
      throw new HeaderDamage(`part ${index + 1} says that it is part ${number + 1}`);
    }
  }
}

/** All tensors that the set claims are there, none twice. */
export function requireSplitTensors(parts: readonly Metadata[], names: readonly string[]): void {
  if (new Set(names).size !== names.length) {
    throw new HeaderDamage('two of its parts hold the same tensor');
  }
  const claimed = parts[0]?.countAt('split.tensors.count');
  if (parts.length > 1 && claimed !== undefined && claimed !== names.length) {
    throw new HeaderDamage(`it claims ${claimed} tensors and has ${names.length}`);
  }
}
