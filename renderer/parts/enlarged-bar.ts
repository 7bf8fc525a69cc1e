/**
 * A small model would be an empty bar in a large memory, and nothing could be seen of its parts: such
 * a bar stands for the model alone, and a sentence says so. Pure.
 */

/** Less of a place than this can't be told apart by eye. */
const smallPart = 0.04;

export function isEnlarged(used: number, available: number | null): boolean {
  return available !== null && used > 0 && used < available * smallPart;
}
