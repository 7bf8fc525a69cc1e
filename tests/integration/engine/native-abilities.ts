/** What a test needs of the native build, and a word for those that must go without it. */
import { existsSync, readdirSync } from 'node:fs';
import { onTestFinished, vi, type TestContext } from 'vitest';
import { isNativeBuilt } from '../../../native/local-build.mjs';

/** Skips a test, aloud, where the native layer could not be built. */
export function needNativeBuild(context: TestContext): void {
  if (!isNativeBuilt()) context.skip('the native layer is not built (no compiler or git)');
}

/** Where Mesa's software GPU says that it is there (package `mesa-vulkan-drivers`). */
const softwareDrivers = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'];

/**
 * Lets engines that start from now on see Mesa's software GPU: slow, but its memory is a place of
 * its own. Skips the test where there is none.
 */
export function needSoftwareGpu(context: TestContext): void {
  needNativeBuild(context);
  const found = softwareDrivers.some(
    (folder) => existsSync(folder) && readdirSync(folder).some((name) => name.startsWith('lvp_')),
  );
  if (!found) context.skip("no software GPU (Debian's package mesa-vulkan-drivers)");
  vi.stubEnv('GGML_VK_VISIBLE_DEVICES', '0');
  vi.stubEnv('NODE_LLAMA_CPP_GPU', 'vulkan');
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
}
