/**
 * llama.cpp's own yardstick, compiled from the very sources that node-llama-cpp brings and linked to
 * the very libraries that it runs. Without a compiler it is skipped with a word.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './median.ts';

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));

export interface LlamaBench {
  /** Tokens a second by number of threads, from 1 to the machine's cores. */
  readonly byThreads: readonly number[];
  readonly skipped?: string;
}

/** Decode speeds of the model at `path`: medians of `runs` runs of `tokens` tokens. */
export function llamaBench(path: string, tokens: number, runs: number): LlamaBench {
  if (process.platform !== 'linux') return skipped('built on Linux only');
  try {
    const program = build();
    const threads = Array.from({ length: availableParallelism() }, (_, index) => index + 1);
    const counts = ['-p', '0', '-n', String(tokens), '-t', threads.join(','), '-r', String(runs)];
    const text = execFileSync(program, ['-m', path, ...counts, '-o', 'json'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      // ggml looks for the processor's library in the current folder.
      cwd: binariesFolder(),
    });
    const results = JSON.parse(text) as { n_threads: number; samples_ts: number[] }[];
    const speedOf = (count: number) =>
      median(results.find(({ n_threads }) => n_threads === count)?.samples_ts ?? []);
    return { byThreads: threads.map(speedOf) };
  } catch (thrown) {
    return skipped(thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : 'failed');
  }
}

function skipped(reason: string): LlamaBench {
  return { byThreads: [], skipped: `skipped: ${reason}` };
}

/** Compiles once for a checkout: the program is bound to its libraries. */
function build(): string {
  const folder = join(modules, '.cache', 'moewe-llama-bench');
  const program = join(folder, 'llama-bench');
  if (existsSync(program)) return program;
  const sources = join(folder, 'llama.cpp');
  const bundle = join(modules, 'node-llama-cpp', 'llama', 'gitRelease.bundle');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(sources)) execFileSync('git', ['clone', '--quiet', bundle, sources]);
  const binaries = binariesFolder();
  const from = (path: string) => join(sources, path);
  const included = ['include', 'ggml/include', 'common'].flatMap((path) => ['-I', from(path)]);
  const libraries = readdirSync(binaries)
    .filter((name) => /^lib(llama|llama-common|ggml|ggml-base)(\.v[\d.]+)?\.so$/.test(name))
    .map((name) => join(binaries, name));
  const options = ['-O2', '-DNDEBUG', '-std=c++17', '-w', `-Wl,-rpath,${binaries}`, '-pthread'];
  const code = globSync(from('tools/llama-bench/*.cpp'));
  const words = [...options, ...included, ...code, ...libraries, '-o', program];
  execFileSync(process.env['CXX'] ?? 'g++', words, { stdio: 'pipe' });
  return program;
}

/** The prebuilt libraries that the engine runs. */
function binariesFolder(): string {
  const place = join(modules, '@node-llama-cpp', `linux-${process.arch}`, 'bins', '*');
  const [folder] = globSync(place);
  if (folder === undefined) throw new Error('no prebuilt libraries');
  return folder;
}
