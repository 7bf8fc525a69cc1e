/**
 * The last lines of `npm test`: what was skipped and why, then one line that counts. A skip without
 * a reason is shown as such, so that nobody takes it for a pass.
 */
import type { Reporter, TestCase, TestModule } from 'vitest/node';

export default class ClosingLines implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const inState = (state: string) => tests.filter((test) => test.result().state === state);
    const broken = modules.filter((module) => module.errors().length > 0).length;
    const failed = inState('failed').length + broken + unhandledErrors.length;
    const skipped = inState('skipped');
    const lines = [
      '',
      ...skipReasons(skipped),
      `${inState('passed').length} passed, ${failed} failed, ${skipped.length} skipped`,
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}

function skipReasons(skipped: readonly TestCase[]): string[] {
  const countByReason = new Map<string, number>();
  for (const test of skipped) {
    const result = test.result();
    const note = result.state === 'skipped' ? result.note : undefined;
    const reason = note ?? `no reason given (${test.fullName})`;
    countByReason.set(reason, (countByReason.get(reason) ?? 0) + 1);
  }
  return [...countByReason].map(([reason, count]) => `skipped ${count}: ${reason}`);
}
