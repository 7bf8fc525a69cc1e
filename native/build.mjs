/**
 * `npm run build:native`: compiles node-llama-cpp's own addon sources together with ours and links
 * them to the prebuilt libraries of each back-end package that npm installed. The library then finds
 * the result among its local builds. What it needs: a C++17 compiler and git, which unpacks the
 * headers of the very llama.cpp that the package brings.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  backendsHere,
  buildIdentity,
  isPlaced,
  libraryFolder,
  placeBuild,
} from './local-build.mjs';

const nativeFolder = fileURLToPath(new URL('.', import.meta.url));
const modules = fileURLToPath(new URL('../node_modules', import.meta.url));
const cache = join(modules, '.cache', 'moewe-native');

/** `headers` of llama.cpp, relative to its sources; the addon includes them all by these roots. */
const headerFolders = ['include', 'src', 'common', 'ggml/include', 'ggml/src', 'vendor'];

/** Why there is no build, in English like all of a developer's tools. */
const sentences = {
  platform: 'There is no native build for this system yet; see native/README.md.',
  noCompiler: 'No C++ compiler was found (CXX, c++, g++, clang++).',
  noGit: 'git was not found; it unpacks the headers of llama.cpp.',
  noLibraries: 'npm installed no prebuilt libraries for this system.',
};

/**
 * Builds what is not there yet, for each back-end; `report` is called when there is something to do.
 * Returns null when all is there, else `{ sentence }` or, for a compiler's error, `{ detail }`.
 */
export async function buildNative({ report = () => undefined } = {}) {
  if (process.platform === 'win32') return { sentence: sentences.platform };
  const installed = backendsHere();
  if (installed.length === 0) return { sentence: sentences.noLibraries };
  const backends = installed.filter((backend) => !isPlaced(backend));
  if (backends.length === 0) return null;
  const compiler = findCompiler();
  if (compiler === null) return { sentence: sentences.noCompiler };
  if (!runs('git', ['--version'])) return { sentence: sentences.noGit };
  try {
    report();
    const headers = unpackHeaders();
    const objects = await compileAll(compiler, headers);
    for (const backend of backends) {
      const built = join(cache, buildIdentity().folder, `${backend.name}.node`);
      await run(compiler, linkWords(objects, backend, built));
      await placeBuild(backend, built);
    }
    return null;
  } catch (thrown) {
    return { detail: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** The compiler that the person named, else the usual names. */
function findCompiler() {
  const names = [process.env.CXX, 'c++', 'g++', 'clang++'].filter(Boolean);
  return names.find((name) => runs(name, ['--version'])) ?? null;
}

function runs(command, words) {
  return spawnSync(command, words, { stdio: 'ignore' }).status === 0;
}

/** Unpacks llama.cpp's headers once for each version; an unfinished folder is never taken. */
function unpackHeaders() {
  const folder = join(cache, buildIdentity().folder, 'llama.cpp');
  const done = join(folder, '.git', 'moewe-done');
  if (existsSync(done)) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const bundle = join(libraryFolder, 'llama', 'gitRelease.bundle');
  git(['clone', '--quiet', '--no-checkout', bundle, folder]);
  git(['-C', folder, 'checkout', 'HEAD', '--', ...headerFolders]);
  mkdirSync(done);
  return folder;
}

function git(words) {
  const { status, stderr } = spawnSync('git', words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** Compiles every source to an object, as many at once as there are cores. */
async function compileAll(compiler, headers) {
  const addon = join(libraryFolder, 'llama', 'addon');
  const sources = [
    ...globSync(['*.cpp', 'globals/*.cpp'], { cwd: addon }).map((name) => ({
      source: join(addon, name),
      object: `addon-${basename(name)}.o`,
      words: ['-w'],
    })),
    ...globSync('src/*.cpp', { cwd: nativeFolder }).map((name) => ({
      source: join(nativeFolder, name),
      object: `moewe-${basename(name)}.o`,
      words: ['-DMOEWE_OWN_SOURCE', '-Wall', '-Wextra', '-Wno-unused-parameter'],
    })),
  ];
  const folder = join(cache, buildIdentity().folder, `objects-${buildIdentity().sources}`);
  mkdirSync(folder, { recursive: true });
  const waiting = [...sources];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const object = join(folder, next.object);
      if (existsSync(object)) continue;
      const words = [
        ...compileWords(headers),
        ...next.words,
        '-c',
        next.source,
        '-o',
        `${object}.part`,
      ];
      await run(compiler, words);
      await run('mv', [`${object}.part`, object]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return sources.map(({ object }) => join(folder, object));
}

function compileWords(headers) {
  const included = [
    join(nativeFolder, 'src'),
    join(libraryFolder, 'llama', 'addon'),
    join(modules, 'node-addon-api'),
    join(modules, 'node-api-headers', 'include'),
    headers,
    ...headerFolders.map((folder) => join(headers, folder)),
  ];
  return [
    ...['-std=c++17', '-O2', '-fPIC', '-fexceptions', '-pthread'],
    ...['-DNDEBUG', '-DNAPI_VERSION=7', '-DGGML_BACKEND_SHARED', '-DGGML_SHARED', '-DLLAMA_SHARED'],
    `-DMOEWE_BUILD_IDENTITY="${buildIdentity().text}"`,
    ...included.flatMap((folder) => ['-I', folder]),
    ...['-include', join(nativeFolder, 'src', 'interpose.h')],
  ];
}

/** A Node module against the back-end's libraries, which lie beside it when it is loaded. */
function linkWords(objects, { binaries }, target) {
  const libraries = readdirSync(binaries)
    .filter((name) => /^lib(llama|llama-common|ggml|ggml-base)(\.[\w.]+)?\.(so|dylib)$/.test(name))
    .map((name) => join(binaries, name));
  const forSystem =
    process.platform === 'darwin'
      ? ['-bundle', '-undefined', 'dynamic_lookup', '-Wl,-rpath,@loader_path']
      : ['-shared', '-Wl,-rpath,$ORIGIN'];
  return [...forSystem, '-pthread', ...objects, ...libraries, '-o', target];
}

function run(command, words) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (data) => (said += data));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ended with ${code}:\n${said.slice(0, 4000)}`));
    });
  });
}

if (import.meta.main) {
  const begin = performance.now();
  const problem = await buildNative({ report: () => console.error('Compiling …') });
  if (problem === null) {
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    const names = backendsHere().map(({ name }) => name);
    console.error(`Built for ${names.join(', ')} (${seconds} s).`);
  } else {
    console.error(problem.sentence ?? problem.detail);
    process.exitCode = 1;
  }
}
