/** What a test needs of the native build, and a word for those that must go without it. */
import type { TestContext } from 'vitest';
import { isNativeBuilt } from '../../../native/local-build.mjs';

/** Skips a test, aloud, where the native layer could not be built. */
export function needNativeBuild(context: TestContext): void {
  if (!isNativeBuilt()) context.skip('the native layer is not built (no compiler or git)');
}
