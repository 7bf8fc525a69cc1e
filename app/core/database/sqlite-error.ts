/** Turns SQLite's result codes into errors that a person can act on. */
import { MoeweError } from '../../contract/errors.ts';

/** Primary result codes (sqlite.org/rescode.html). */
const code = {
  busy: 5,
  locked: 6,
  readOnly: 8,
  inputOutput: 10,
  damaged: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

/** The typed error for a failure of SQLite on the file at `path`; anything else is given back. */
export function sqliteError(thrown: unknown, path: string): unknown {
  if (!(thrown instanceof Error) || !('errcode' in thrown)) return thrown;
  // Extended codes carry the primary one in their low byte.
  const primary = Number(thrown.errcode) & 0xff;
  switch (primary) {
    case code.full:
      return new MoeweError('diskFull', { path }, { cause: thrown });
    case code.readOnly:
    case code.cannotOpen:
    case code.inputOutput:
      return new MoeweError('diskNotWritable', { path }, { cause: thrown });
    case code.damaged:
    case code.notADatabase:
      return new MoeweError('databaseDamaged', { path }, { cause: thrown });
    case code.busy:
    case code.locked:
      return new MoeweError('databaseBusy', { path }, { cause: thrown });
    default:
      return thrown;
  }
}
