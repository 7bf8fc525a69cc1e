/**
 * Where a native build lies and whom it belongs to. node-llama-cpp looks for local builds under a
 * name made of system, back-end and CMake options; ours carries one option of its own that names the
 * versions it was built for, so that a build for another version is not even found.
 */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const nativeFolder = fileURLToPath(new URL('.', import.meta.url));
const modules = fileURLToPath(new URL('../node_modules', import.meta.url));

/** The installed node-llama-cpp. */
export const libraryFolder = join(modules, 'node-llama-cpp');

const localBuilds = join(libraryFolder, 'llama', 'localBuilds');
const { getPlatform } = await ofLibrary('bindings/utils/getPlatform.js');
const { getPlatformInfo } = await ofLibrary('bindings/utils/getPlatformInfo.js');
const { getBuildFolderNameForBuildOptions } = await ofLibrary(
  'bindings/utils/getBuildFolderNameForBuildOptions.js',
);

/** Names of back-ends in the library's package names, and as its options call them. */
const backendGpus = { metal: 'metal', cuda: 'cuda', vulkan: 'vulkan' };

/**
 * `text`: the versions that a build belongs to, the engine compares it (`app/engine/native-build.ts`
 * computes the same); `sources`: changes with our own sources; `folder`: for the cache.
 */
export function buildIdentity() {
  const read = (path) => readFileSync(path, 'utf8');
  const { version } = JSON.parse(read(join(libraryFolder, 'package.json')));
  const interfaceVersion = read(join(nativeFolder, 'interface-version.txt')).trim();
  const hash = createHash('sha256');
  for (const name of globSync(['src/*', '*.mjs'], { cwd: nativeFolder }).sort()) {
    hash.update(read(join(nativeFolder, name)));
  }
  const text = `${version}-${interfaceVersion}`;
  return { text, sources: hash.digest('hex').slice(0, 12), folder: text };
}

/** The back-ends that npm installed for this system, with their folder of prebuilt libraries. */
export function backendsHere() {
  const platform = getPlatform();
  const packages = globSync(`@node-llama-cpp/${platform}-${process.arch}*/bins/*`, {
    cwd: modules,
  });
  return packages
    .map((path) => join(modules, path))
    .filter((binaries) => existsSync(join(binaries, '_nlcBuildMetadata.json')))
    .map((binaries) => {
      const name = basename(binaries);
      const gpu = backendGpus[name.split('-').at(2)] ?? false;
      return { name, gpu, binaries };
    });
}

/** Whether the build for a back-end is there and of today's sources. */
export function isPlaced(backend) {
  const file = join(localBuilds, folderName(backend), 'Release', '_nlcBuildMetadata.json');
  if (!existsSync(file)) return false;
  return JSON.parse(readFileSync(file, 'utf8')).moewe?.sources === buildIdentity().sources;
}

/** Whether every back-end that npm installed has a build of today's sources. */
export function isNativeBuilt() {
  const backends = backendsHere();
  return backends.length > 0 && backends.every(isPlaced);
}

/** Puts a build where the library looks for it, with the libraries that it needs beside it. */
export async function placeBuild(backend, built) {
  const folder = join(localBuilds, await resolvedName(backend));
  const release = join(folder, 'Release');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(release, { recursive: true });
  cpSync(built, join(release, 'llama-addon.node'));
  for (const name of readdirSync(backend.binaries)) {
    if (name === 'llama-addon.node' || name.startsWith('_')) continue;
    bringLibrary(join(backend.binaries, name), release, name);
  }
  const extra = join(modules, '@node-llama-cpp', `${backend.name}-ext`, 'bins', backend.name);
  if (existsSync(join(extra, 'fallback')))
    bringLibrary(join(extra, 'fallback'), release, 'fallback');
  const metadata = JSON.parse(
    readFileSync(join(backend.binaries, '_nlcBuildMetadata.json'), 'utf8'),
  );
  const { text, sources } = buildIdentity();
  const buildOptions = {
    ...metadata.buildOptions,
    customCmakeOptions: cmakeOptions(),
    platformInfo: await getPlatformInfo(),
  };
  const content = JSON.stringify({ buildOptions, moewe: { identity: text, sources } });
  writeFileSync(join(release, '_nlcBuildMetadata.json'), content);
  // Last: the library takes a folder without it for an unfinished one.
  writeFileSync(join(folder, 'buildDone.status'), '');
}

/** A link: the libraries are hundreds of megabytes. */
function bringLibrary(source, folder, name) {
  symlinkSync(relative(folder, source), join(folder, name));
}

function cmakeOptions() {
  return { MOEWE: buildIdentity().text };
}

const names = new Map();
for (const backend of backendsHere()) names.set(backend.name, await resolvedName(backend));

function folderName(backend) {
  return names.get(backend.name) ?? '';
}

/** The library's own function makes the name, from the options that the engine asks with. */
async function resolvedName({ gpu, binaries }) {
  const metadata = JSON.parse(readFileSync(join(binaries, '_nlcBuildMetadata.json'), 'utf8'));
  const { withCustomCmakeOptions } = await getBuildFolderNameForBuildOptions({
    ...metadata.buildOptions,
    gpu,
    customCmakeOptions: new Map(Object.entries(cmakeOptions())),
  });
  return withCustomCmakeOptions;
}

/** The library does not offer these, but they decide where it looks. */
function ofLibrary(path) {
  return import(pathToFileURL(join(libraryFolder, 'dist', path)).href);
}
