/**
 * llama.cpp's own yardstick, compiled from the very sources that node-llama-cpp brings and linked to
 * the very libraries that it runs. Without a compiler it is skipped with a word.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './median.ts';

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
const model = fileURLToPath(
  new URL('../../resources/starter-model/starter-moe.Q8_0.gguf', import.meta.url),
);

export interface LlamaBench {
  readonly tokensPerSecond: number;
  readonly skipped?: string;
}

/** Decode speed with one thread, the median of five runs of 128 tokens. */
export function llamaBench(): LlamaBench {
  if (process.platform !== 'linux') return skipped('built on Linux only');
  try {
    const program = build();
    const words = ['-m', model, '-p', '0', '-n', '128', '-t', '1', '-r', '5', '-o', 'json'];
    const text = execFileSync(program, words, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      // ggml looks for the processor's library in the current folder.
      cwd: binariesFolder(),
    });
    const [result] = JSON.parse(text) as { samples_ts: number[] }[];
    return { tokensPerSecond: median(result?.samples_ts ?? []) };
  } catch (thrown) {
    return skipped(thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : 'failed');
  }
}

function skipped(reason: string): LlamaBench {
  return { tokensPerSecond: 0, skipped: `skipped: ${reason}` };
}

/** Compiles once; the result is kept in the system's temporary folder. */
function build(): string {
  const folder = join(tmpdir(), 'moewe-llama-bench');
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
