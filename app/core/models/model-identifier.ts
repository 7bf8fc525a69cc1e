/** Ids of models: readable, typed easily in a terminal, unique in the library. */

/** A free id made from a file's name: `OLMoE-1B-7B.Q4_K_M.gguf` becomes `olmoe-1b-7b.q4_k_m`. */
export function modelIdentifier(fileName: string, taken: ReadonlySet<string>): string {
  const plain = fileName
    .replace(/\.gguf$/i, '')
    .replace(/-00001-of-\d{5}$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  const base = plain === '' ? 'model' : plain;
  let id = base;
  for (let number = 2; taken.has(id); number += 1) id = `${base}-${number}`;
  return id;
}
