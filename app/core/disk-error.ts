/** Turns what the file system reports into the errors that a person can act on. */
import { MoeweError } from '../contract/errors.ts';

const unwritable = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'EEXIST',
  'EISDIR',
  'ERR_FS_EISDIR',
  'ENOENT',
]);
const full = new Set(['ENOSPC', 'EDQUOT']);

/** The typed error for a failure to write at `path`; anything that is not one is given back. */
export function diskError(thrown: unknown, path: string): unknown {
  if (thrown instanceof MoeweError || !(thrown instanceof Error) || !('code' in thrown)) {
    return thrown;
  }
  const code = String(thrown.code);
  if (full.has(code)) return new MoeweError('diskFull', { path }, { cause: thrown });
  if (unwritable.has(code)) return new MoeweError('diskNotWritable', { path }, { cause: thrown });
  return thrown;
}
