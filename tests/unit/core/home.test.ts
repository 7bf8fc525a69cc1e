import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultHomeFolder } from '../../../app/core/home.ts';

describe('the home folder', () => {
  it('is the one that the environment names', () => {
    expect(defaultHomeFolder({ MOEWE_HOME: '/data/moewe' }, 'linux')).toBe('/data/moewe');
  });

  it('is where Electron keeps user data on each system', () => {
    expect(defaultHomeFolder({}, 'linux')).toBe(join(homedir(), '.config', 'Moewe'));
    expect(defaultHomeFolder({ XDG_CONFIG_HOME: '/x' }, 'linux')).toBe(join('/x', 'Moewe'));
    expect(defaultHomeFolder({}, 'darwin')).toBe(
      join(homedir(), 'Library', 'Application Support', 'Moewe'),
    );
    expect(defaultHomeFolder({ APPDATA: '/roaming' }, 'win32')).toBe(join('/roaming', 'Moewe'));
  });

  it('takes an empty variable for none', () => {
    expect(defaultHomeFolder({ MOEWE_HOME: '', XDG_CONFIG_HOME: '' }, 'linux')).toBe(
      join(homedir(), '.config', 'Moewe'),
    );
  });
});
