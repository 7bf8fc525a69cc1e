/** A home of its own for a test, gone when the test ends. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { homeAt, type Home } from '../../../app/core/home.ts';

export function temporaryHome(): Home {
  const folder = mkdtempSync(join(tmpdir(), 'moewe-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return homeAt(folder);
}
