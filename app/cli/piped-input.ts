/** Text that is piped into the command becomes an attachment of the question. */
import { fstatSync } from 'node:fs';
import { attachmentLimitBytes } from '../contract/answers.ts';
import { MoeweError } from '../contract/errors.ts';

/** A program may start us with an open socket as stdin and never write: do not wait longer. */
const silentSocketMs = 2000;

/**
 * What was piped in; null for a terminal and for nothing. `name` is what errors call it. Errors:
 * `attachmentNotText`, `attachmentTooLarge`.
 */
export async function pipedText(name: string): Promise<string | null> {
  const kind = stdinKind();
  if (kind === 'none') return null;
  const pieces: Buffer[] = [];
  let bytes = 0;
  const silence = setTimeout(() => process.stdin.destroy(), silentSocketMs);
  if (kind === 'pipe') clearTimeout(silence);
  try {
    for await (const piece of process.stdin as AsyncIterable<Buffer>) {
      clearTimeout(silence);
      bytes += piece.length;
      if (bytes > attachmentLimitBytes) {
        throw new MoeweError('attachmentTooLarge', { name, limitBytes: attachmentLimitBytes });
      }
      pieces.push(piece);
    }
  } catch (thrown) {
    if (thrown instanceof MoeweError) throw thrown;
    // The silent socket was closed above.
  } finally {
    clearTimeout(silence);
  }
  const text = decodedText(Buffer.concat(pieces));
  if (text === null) throw new MoeweError('attachmentNotText', { name });
  return text.trim() === '' ? null : text;
}

/** UTF-8, UTF-16 with its mark, or the one-byte encoding of older files; null for binary data. */
export function decodedText(bytes: Buffer): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

function stdinKind(): 'none' | 'pipe' | 'socket' {
  if (process.stdin.isTTY) return 'none';
  try {
    const state = fstatSync(0);
    if (state.isSocket()) return 'socket';
    return state.isFIFO() || state.isFile() ? 'pipe' : 'none';
  } catch {
    return 'none';
  }
}
