/** One model through everything that decodes it, and what was promised for it beforehand. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plan } from '../../app/contract/plans.ts';
import type { EngineBench, Yardstick } from './engine-bench.ts';
import { llamaBench, type LlamaBench } from './llama-bench.ts';

const command = fileURLToPath(new URL('../../bin/moewe.mjs', import.meta.url));
const defaults = fileURLToPath(new URL('library-defaults.ts', import.meta.url));

export interface ModelBench {
  readonly engine: EngineBench;
  readonly llamaBench: LlamaBench;
  readonly libraryDefaults: { readonly tokensPerSecond: number; readonly threads: number };
  /** Tokens a second that `moewe plan` promised before the model ever ran. */
  readonly predictedTokensPerSecond: number;
}

/** Measures `engine` with the model at `path` beside llama-bench and the library's defaults. */
export async function benchModel(
  path: string,
  tokens: number,
  runs: number,
  engine: (yardstick: Yardstick) => Promise<EngineBench>,
): Promise<ModelBench> {
  return {
    predictedTokensPerSecond: predicted(path),
    engine: await engine(() => llamaBench(path, tokens, runs)),
    llamaBench: llamaBench(path, tokens, 5),
    libraryDefaults: libraryDefaults(path),
  };
}

function libraryDefaults(path: string): ModelBench['libraryDefaults'] {
  const text = execFileSync(process.execPath, [defaults, path, '20'], { encoding: 'utf8' });
  return JSON.parse(text) as ModelBench['libraryDefaults'];
}

/** In a home of its own, so that nothing was measured before. */
function predicted(path: string): number {
  const home = mkdtempSync(join(tmpdir(), 'moewe-bench-'));
  try {
    const words = [command, 'plan', path, '--json', '--home', home];
    const text = execFileSync(process.execPath, words, { encoding: 'utf8' });
    return (JSON.parse(text) as Plan).speed.tokensPerSecond;
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}
