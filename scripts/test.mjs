/**
 * `npm test`: the checks, then all tests, then the last lines: what was skipped and why, and how
 * many passed. Each check counts as one.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIfStale } from './build.mjs';
import { runChecks } from './check.mjs';
import { buildNativeIfPossible } from './native-build.mjs';
import { requireNode } from './require-node.mjs';

requireNode();
await buildIfStale();
await buildNativeIfPossible();
const checks = await runChecks();
const { code, counts } = await runVitest();
for (const [reason, count] of counts.skipReasons) console.log(`skipped ${count}: ${reason}`);
const passed = checks.passed + counts.passed;
const failed = checks.failed.length + counts.failed;
console.log(`${passed} passed, ${failed} failed, ${counts.skipped} skipped`);
process.exitCode = failed === 0 && code === 0 ? 0 : 1;

/** Runs Vitest, which leaves its counts in a file (`tests/counts-reporter.ts`). */
async function runVitest() {
  const folder = mkdtempSync(join(tmpdir(), 'moewe-counts-'));
  const file = join(folder, 'counts.json');
  const code = await new Promise((resolve) => {
    const child = spawn('vitest', ['run'], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, MOEWE_TEST_COUNTS: file },
      shell: process.platform === 'win32',
    });
    child.on('error', () => resolve(1));
    child.on('close', resolve);
  });
  try {
    return { code, counts: JSON.parse(readFileSync(file, 'utf8')) };
  } catch {
    return { code: 1, counts: { passed: 0, failed: 1, skipped: 0, skipReasons: [] } };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
