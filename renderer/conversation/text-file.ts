/** Reads a file that a person attaches. */
import { attachmentLimitBytes, type Attachment } from '../../app/contract/answers.ts';
import { MoeweError } from '../../app/contract/errors.ts';

/** The file's text. Throws `attachmentTooLarge` or `attachmentNotText`. */
export async function readTextFile(file: File): Promise<Attachment> {
  const { name, size } = file;
  if (size > attachmentLimitBytes) {
    throw new MoeweError('attachmentTooLarge', { name, limitBytes: attachmentLimitBytes });
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = decoded(bytes);
  if (text === null) throw new MoeweError('attachmentNotText', { name });
  return { name, text };
}

/** UTF-8, UTF-16 with its mark, or the one-byte encoding of older files; null for binary data. */
function decoded(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
