/**
 * Opens llama.cpp: with our own native build where there is one that belongs to the installed
 * node-llama-cpp, else with the library's own binary, which can do everything but placing experts,
 * recording routing and decoding off JavaScript's thread.
 */
import { createRequire } from 'node:module';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { getLlama, LlamaLogLevel, type Llama } from 'node-llama-cpp';
import { z } from 'zod';
import { MoeweError } from '../contract/errors.ts';
import type { NativeBuild } from '../contract/models.ts';
import { addonOf, type NativeModule } from './addon.ts';

/** Changes with the exports of the native build; the same as `native/interface-version.txt`. */
export const nativeInterfaceVersion = 2;

/** llama.cpp, opened. */
export interface OpenLlama {
  readonly llama: Llama;
  /** Null without our own build. */
  readonly native: NativeModule | null;
  readonly nativeBuild: NativeBuild;
}

/** `MOEWE_NATIVE=off` goes without the own build: for comparing, and when it makes trouble. */
const switchedOff = process.env['MOEWE_NATIVE'] === 'off';

/** Opens llama.cpp; `onMessage` hears its warnings and errors. Throws `engineUnavailable`. */
export async function openLlama(onMessage: (message: string) => void): Promise<OpenLlama> {
  const options = {
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    logLevel: LlamaLogLevel.warn,
    logger: (_: LlamaLogLevel, message: string) => onMessage(message),
  } as const;
  try {
    // The library takes a local build of exactly these options, else its own binary.
    const llama = await getLlama(
      switchedOff ? options : { ...options, cmakeOptions: { MOEWE: expectedIdentity() } },
    );
    const native = addonOf(llama).moewe ?? null;
    if (native !== null && !switchedOff) {
      return { llama, native, nativeBuild: { state: 'present' } };
    }
    return { llama, native: null, nativeBuild: { state: 'absent', reason: whyAbsent() } };
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    throw new MoeweError('engineUnavailable', { detail }, { cause: thrown });
  }
}

/** What a fitting build calls itself (`native/local-build.mjs`). */
function expectedIdentity(): string {
  return `${libraryVersion()}-${nativeInterfaceVersion}`;
}

function whyAbsent(): Extract<NativeBuild, { state: 'absent' }>['reason'] {
  if (switchedOff) return 'switchedOff';
  const identities = identitiesOfBuilds(join(libraryFolder(), 'llama', 'localBuilds'));
  if (identities.includes(expectedIdentity())) return 'notLoadable';
  return identities.length > 0 ? 'mismatch' : 'notBuilt';
}

const buildMetadata = z.object({ moewe: z.object({ identity: z.string() }) });

function identitiesOfBuilds(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    try {
      const file = join(folder, name, 'Release', '_nlcBuildMetadata.json');
      return [buildMetadata.parse(JSON.parse(readFileSync(file, 'utf8'))).moewe.identity];
    } catch {
      // A build of somebody else's, or an unfinished one.
      return [];
    }
  });
}

function libraryFolder(): string {
  const entry = createRequire(import.meta.url).resolve('node-llama-cpp');
  return dirname(dirname(entry));
}

const packageFile = z.object({ version: z.string() });

function libraryVersion(): string {
  const text = readFileSync(join(libraryFolder(), 'package.json'), 'utf8');
  return packageFile.parse(JSON.parse(text)).version;
}
