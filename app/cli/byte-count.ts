/** Bytes as a person writes them on a command line: `8G`, `8GB`, `8GiB`, `1.5g`, `8000000000`. Pure. */

const exponents = ['', 'k', 'm', 'g', 't'];

/**
 * The number of bytes; null for anything else. Units are decimal, as everywhere in Moewe; those with
 * an `i` are powers of 1024.
 */
export function byteCount(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?$/i.exec(text.trim());
  if (!match) return null;
  const [, number, unit = '', binary] = match;
  if (binary !== '' && unit === '') return null;
  const base = binary === '' ? 1000 : 1024;
  const bytes = Math.round(Number(number) * base ** exponents.indexOf(unit.toLowerCase()));
  return Number.isSafeInteger(bytes) ? bytes : null;
}
