/**
 * Large models lie in several files (llama.cpp `llama_split_path`: `name-00001-of-00003.gguf`, keys
 * `split.…`). Names, keys and tensors must tell the same story.
 */
import { HeaderDamage } from './header-damage.ts';
import type { MetadataValue } from './header.ts';
import type { Part } from './model-header.ts';

const namePattern = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/i;

/** The names of all files of the model whose first file has this `name`. Throws `HeaderDamage`. */
export function partNames(name: string): readonly string[] {
  const match = namePattern.exec(name);
  if (!match) return [name];
  const [, prefix = '', number = '', of = ''] = match;
  const count = Number(of);
  if (Number(number) > count || count === 0) {
    throw new HeaderDamage(`its name claims to be part ${Number(number)} of ${count}`);
  }
  if (number !== '00001') {
    throw new HeaderDamage(
      'it is a later part of a split model; choose the part that ends in 00001',
    );
  }
  // The ending is kept as it is written: file systems and servers may tell capitals apart.
  const ending = name.slice(-'.gguf'.length);
  return Array.from(
    { length: count },
    (_, index) => `${prefix}-${String(index + 1).padStart(5, '0')}-of-${of}${ending}`,
  );
}

/** A model's name without ending and part number. */
export function plainModelName(name: string): string {
  return name.replace(/(-00001-of-\d{5})?\.gguf$/i, '');
}

/** Makes sure that the parts belong together, each in its place. Throws `HeaderDamage`. */
export function requireWhole(parts: readonly Part[]): void {
  const [first] = parts;
  const claimed = first ? number(first, 'split.count') : undefined;
  if (claimed === undefined || (claimed === 0 && parts.length === 1)) return;
  if (claimed !== parts.length) {
    throw new HeaderDamage(
      `it is one of ${claimed} parts, and its name says that there are ${parts.length}`,
    );
  }
  for (const [index, part] of parts.entries()) {
    if (number(part, 'split.no') !== index || number(part, 'split.count') !== claimed) {
      throw new HeaderDamage(`its part ${index + 1} is another one than its name says`);
    }
  }
  const tensors = parts.reduce((total, { header }) => total + header.tensors.length, 0);
  const promised = first ? number(first, 'split.tensors.count') : undefined;
  if (promised !== undefined && promised !== tensors) {
    throw new HeaderDamage(`its parts hold ${tensors} tensors instead of ${promised}`);
  }
}

function number({ header }: Part, key: string): number | undefined {
  const value: MetadataValue | undefined = header.metadata.get(key);
  if (value === undefined) return undefined;
  const counted = typeof value === 'bigint' ? Number(value) : value;
  if (typeof counted === 'number' && Number.isInteger(counted) && counted >= 0) return counted;
  throw new HeaderDamage(`${key} is no number that could be right`);
}
