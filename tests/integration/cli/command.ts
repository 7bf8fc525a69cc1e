/** Runs `moewe` as a process of its own, with a home of its own. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Home } from '../../../app/core/home.ts';

const command = fileURLToPath(new URL('../../../bin/moewe.mjs', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running command; `finished` resolves when it has ended. */
export function start(home: Home, words: readonly string[], input?: string | Buffer) {
  const child = spawn(process.execPath, [command, ...words], {
    env: { ...process.env, MOEWE_HOME: home.folder, LC_ALL: 'en_US.UTF-8' },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  if (input !== undefined) child.stdin?.end(input);
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, finished, output: () => stdout };
}

/** Runs a command to its end. */
export function run(home: Home, words: readonly string[], input?: string | Buffer) {
  return start(home, words, input).finished;
}
