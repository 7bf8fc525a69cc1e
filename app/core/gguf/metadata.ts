/** Reads typed values out of a header's metadata. Keys of an architecture begin with its name. */
import { HeaderDamage } from './header-damage.ts';
import type { GgufHeader, MetadataValue } from './header.ts';

export class Metadata {
  readonly architecture: string;
  readonly #values: GgufHeader['metadata'];

  constructor(values: GgufHeader['metadata']) {
    this.#values = values;
    this.architecture = this.text('general.architecture') ?? 'unknown';
  }

  /** Text that is not blank. Throws `HeaderDamage` for a value of another kind. */
  text(key: string): string | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    if (typeof value !== 'string') throw wrongKind(key, 'a text');
    return value.trim() === '' ? undefined : value;
  }

  /** A whole number of the architecture, not negative. */
  count(name: string): number | undefined {
    return this.countAt(this.#key(name));
  }

  /** A whole number under its full key. */
  countAt(key: string): number | undefined {
    const value = this.#values.get(key);
    return value === undefined ? undefined : countOf(value, key);
  }

  /** The largest of a value's numbers: some keys hold a list with a value for each layer. */
  largest(name: string): number | undefined {
    const values = this.perLayer(name);
    return values.length > 0 ? Math.max(...values) : undefined;
  }

  /** A number for each layer, or one that holds for all of them; empty where the key is missing. */
  perLayer(name: string): readonly number[] {
    const key = this.#key(name);
    const value = this.#values.get(key);
    if (value === undefined) return [];
    if (!Array.isArray(value)) return [countOf(value, key)];
    return value.map((item: number | bigint | boolean | string) => countOf(item, key));
  }

  /** The value for one layer, from a list or from one number for all. */
  forLayer(name: string, layer: number): number | undefined {
    const values = this.perLayer(name);
    return values.length > 1 ? values[layer] : values[0];
  }

  /** Items of a list, also of one that is too long to be kept. */
  listLength(key: string): number | undefined {
    const value = this.#values.get(key);
    if (Array.isArray(value)) return value.length;
    return typeof value === 'object' && 'listLength' in value ? value.listLength : undefined;
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  #key(name: string): string {
    return `${this.architecture}.${name}`;
  }
}

/** Yes and no count as 1 and 0: patterns of layers are written either way. */
function countOf(value: MetadataValue, key: string): number {
  const number = typeof value === 'boolean' || typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0) {
    throw wrongKind(key, 'a count');
  }
  return number;
}

function wrongKind(key: string, wanted: string): HeaderDamage {
  return new HeaderDamage(`${JSON.stringify(key.slice(0, 80))} is not ${wanted}`);
}
