/** Decides which host `npm start` tries first. Pure. */

/**
 * The desktop app, or the browser with the name of the sentence that says why. Electron refuses to
 * run as root on Linux, and nothing can be shown without a display.
 */
export function chooseHost({ platform, environment, isRoot, words }) {
  if (words.includes('--browser')) return { host: 'browser', reason: 'start_asked' };
  const { DISPLAY, WAYLAND_DISPLAY, SSH_CONNECTION, CI } = environment;
  const needsDisplay = platform === 'linux';
  const remote = platform !== 'linux' && Boolean(SSH_CONNECTION);
  if ((needsDisplay && !DISPLAY && !WAYLAND_DISPLAY) || remote || CI) {
    return { host: 'browser', reason: 'start_no_display' };
  }
  if (platform === 'linux' && isRoot) return { host: 'browser', reason: 'start_root' };
  return { host: 'desktop' };
}
