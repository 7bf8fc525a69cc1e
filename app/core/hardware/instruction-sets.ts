/** The instruction sets that llama.cpp has code for, by the names that systems give them. Pure. */

const names: ReadonlyMap<string, string> = new Map([
  ['sse4_2', 'SSE4.2'],
  ['sse4.2', 'SSE4.2'],
  ['avx', 'AVX'],
  ['avx1.0', 'AVX'],
  ['f16c', 'F16C'],
  ['fma', 'FMA'],
  ['avx2', 'AVX2'],
  ['avx_vnni', 'AVX-VNNI'],
  ['avx512f', 'AVX512'],
  ['avx512_vnni', 'AVX512-VNNI'],
  ['avx512_bf16', 'AVX512-BF16'],
  ['amx_int8', 'AMX'],
  ['asimd', 'NEON'],
  ['neon', 'NEON'],
  ['asimddp', 'DOTPROD'],
  ['feat_dotprod', 'DOTPROD'],
  ['i8mm', 'I8MM'],
  ['feat_i8mm', 'I8MM'],
  ['sve', 'SVE'],
  ['sme', 'SME'],
  ['feat_sme', 'SME'],
]);

/** In the order of this file's table. */
export function instructionSetsOf(flags: readonly string[]): string[] {
  const given = new Set(flags.map((flag) => flag.toLowerCase()));
  return [...new Set([...names].filter(([flag]) => given.has(flag)).map(([, name]) => name))];
}
