/**
 * The metadata that an architecture has under its own name (`qwen3moe.block_count`), with their
 * types checked: a value of another type is damage, and would end native code.
 */
import { HeaderDamage } from './header-damage.ts';
import type { MetadataValue } from './header.ts';

/** No number that describes a model's shape is larger; llama.cpp keeps them in 32 bits. */
const largest = 2 ** 32 - 1;

export class OwnMetadata {
  readonly architecture: string;
  readonly #metadata: ReadonlyMap<string, MetadataValue>;

  constructor(metadata: ReadonlyMap<string, MetadataValue>) {
    this.#metadata = metadata;
    this.architecture = textIn(metadata, 'general.architecture') ?? 'unknown';
  }

  /** A whole number from 0; undefined where the file has none. */
  whole(key: string): number | undefined {
    const value = this.#value(key);
    return value === undefined ? undefined : this.#checked(key, value);
  }

  /** A number that some files give for each layer: the largest one describes the model. */
  largest(key: string): number | undefined {
    const value = this.#value(key);
    if (!Array.isArray(value)) return this.whole(key);
    return value.reduce<number>((most, item) => Math.max(most, this.#checked(key, item)), 0);
  }

  /** A number for each layer; one number counts for all. A list of another length is damage. */
  perLayer(key: string, layers: number): readonly number[] | undefined {
    const value = this.#value(key);
    if (value === undefined) return undefined;
    const items = this.#list(key);
    if (!items) return new Array<number>(layers).fill(this.#checked(key, value));
    if (items.length !== layers) {
      throw new HeaderDamage(`${this.#named(key)} has ${items.length} values for ${layers} layers`);
    }
    return items;
  }

  /** A list of numbers or truth values; undefined where the file has a single value or none. */
  list(key: string): readonly number[] | undefined {
    return this.#list(key);
  }

  text(key: string): string | undefined {
    const value = this.#value(key);
    if (value === undefined || typeof value === 'string') return value;
    throw new HeaderDamage(`${this.#named(key)} is no text`);
  }

  #list(key: string): readonly number[] | undefined {
    const value = this.#value(key);
    if (value === undefined || typeof value !== 'object') return undefined;
    if (!Array.isArray(value)) throw new HeaderDamage(`${this.#named(key)} is too long a list`);
    return value.map((item: unknown) => {
      if (typeof item === 'boolean') return item ? 1 : 0;
      return this.#checked(key, item);
    });
  }

  #value(key: string): MetadataValue | undefined {
    return this.#metadata.get(this.#named(key));
  }

  #named(key: string): string {
    return `${this.architecture}.${key}`;
  }

  #checked(key: string, value: unknown): number {
    const number = typeof value === 'bigint' ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number > largest) {
      throw new HeaderDamage(`${this.#named(key)} is no number that could be right`);
    }
    return number;
  }
}

/** A text of the metadata without blanks around it; undefined where it is missing or empty. */
export function textIn(
  metadata: ReadonlyMap<string, MetadataValue>,
  key: string,
): string | undefined {
  const value = metadata.get(key);
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw new HeaderDamage(`${key} is no text`);
  return value.trim() === '' ? undefined : value.trim();
}
