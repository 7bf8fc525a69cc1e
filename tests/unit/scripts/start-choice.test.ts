import { describe, expect, it } from 'vitest';
import { chooseHost } from '../../../scripts/start-choice.mjs';

const desk = { platform: 'linux', environment: { DISPLAY: ':0' }, isRoot: false, words: [] };

describe('npm start', () => {
  it.each([
    ['a display', desk],
    ['Wayland', { ...desk, environment: { WAYLAND_DISPLAY: 'wayland-0' } }],
    ['macOS', { ...desk, platform: 'darwin', environment: {} }],
    ['Windows', { ...desk, platform: 'win32', environment: {} }],
  ])('opens the desktop app where there is %s', (_, situation) => {
    expect(chooseHost(situation)).toEqual({ host: 'desktop' });
  });

  it.each([
    ['no display', { ...desk, environment: {} }, 'start_no_display'],
    ['CI', { ...desk, environment: { DISPLAY: ':0', CI: 'true' } }, 'start_no_display'],
    [
      'a remote Mac',
      { ...desk, platform: 'darwin', environment: { SSH_CONNECTION: 'x' } },
      'start_no_display',
    ],
    ['root on Linux', { ...desk, isRoot: true }, 'start_root'],
    ['the wish for it', { ...desk, words: ['--browser'] }, 'start_asked'],
  ])('opens the browser for %s, with the reason', (_, situation, reason) => {
    expect(chooseHost(situation)).toEqual({ host: 'browser', reason });
  });
});
