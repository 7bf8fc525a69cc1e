import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { nativeInterfaceVersion } from '../../../app/engine/native-build.ts';

it('asks for the native build that the sources make', () => {
  const file = new URL('../../../native/interface-version.txt', import.meta.url);
  expect(Number(readFileSync(file, 'utf8'))).toBe(nativeInterfaceVersion);
});
