/**
 * Leaves what happened in the file that `MOEWE_TEST_COUNTS` names, for the last lines of `npm test`.
 * A skip without a reason is shown as such, so that nobody takes it for a pass.
 */
import { writeFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

export default class CountsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const { MOEWE_TEST_COUNTS: file } = process.env;
    if (file === undefined) return;
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state: string) => tests.filter((test) => test.result().state === state);
    const broken = modules.filter((module) => module.errors().length > 0).length;
    const skipped = inState('skipped');
    const counts = {
      passed: inState('passed').length,
      failed: inState('failed').length + broken + unhandledErrors.length,
      skipped: skipped.length,
      skipReasons: skipReasons(skipped),
    };
    writeFileSync(file, JSON.stringify(counts));
  }
}

function skipReasons(skipped: readonly TestCase[]): [reason: string, count: number][] {
  const countByReason = new Map<string, number>();
  for (const test of skipped) {
    const result = test.result();
    const note = result.state === 'skipped' ? result.note : undefined;
    const reason = note ?? `no reason given (${test.fullName})`;
    countByReason.set(reason, (countByReason.get(reason) ?? 0) + 1);
  }
  return [...countByReason];
}
