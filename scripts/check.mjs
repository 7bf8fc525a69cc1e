/** `npm run check`: format, lint, types, dependency rules, unused code. One line for each. */
import { spawn } from 'node:child_process';
import { appFolder } from './build.mjs';
import { compileWords } from './compile-words.mjs';
import { requireNode } from './require-node.mjs';

const checks = [
  ['format', ['prettier', '--check', '--cache', '--log-level', 'warn', '.']],
  ['lint', ['eslint', '--cache', '--cache-location', 'node_modules/.cache/eslint/', '.']],
  ['types', ['tsc', '--project', 'tsconfig.json']],
  [
    'types of the interface',
    [
      'svelte-check',
      '--tsconfig',
      'renderer/tsconfig.json',
      '--fail-on-warnings',
      '--output',
      'human',
    ],
  ],
  [
    'dependency rules',
    ['depcruise', 'app', 'renderer', '--config', '.dependency-cruiser.cjs', '--output-type', 'err'],
  ],
  ['unused code', ['knip', '--no-progress']],
];

/** Runs all checks; returns how many passed and the names of those that did not. */
export async function runChecks() {
  process.chdir(appFolder);
  await compileWords();
  const failed = [];
  for (const [name, command] of checks) {
    const begin = performance.now();
    const { code, output } = await run(command);
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    console.log(`${code === 0 ? 'ok    ' : 'failed'} ${name} (${seconds} s)`);
    if (code === 0) continue;
    failed.push(name);
    console.log(output);
  }
  return { passed: checks.length - failed.length, failed };
}

function run([command, ...words]) {
  return new Promise((resolve) => {
    const child = spawn(command, words, { shell: process.platform === 'win32' });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('error', ({ message }) => resolve({ code: 1, output: message }));
    child.on('close', (code) => resolve({ code, output }));
  });
}

if (import.meta.main) {
  requireNode();
  const { failed } = await runChecks();
  process.exitCode = failed.length === 0 ? 0 : 1;
}
