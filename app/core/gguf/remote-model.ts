/**
 * Reads the headers of a model on a web server through ranges (RFC 9110, section 14), so that what a
 * file is can be known before it is fetched. A server that does not serve ranges is left alone.
 */
import { basename } from 'node:path';
import { MoeweError } from '../../contract/errors.ts';
import type { Inspection } from '../../contract/inspection.ts';
import type { ByteSource } from './byte-source.ts';
import { HeaderDamage } from './header-damage.ts';
import { inspectParts } from './model-file.ts';

/** A server that says nothing for this long is given up. */
const patienceMs = 15_000;

/** No honest header is larger; a large vocabulary takes some 10 MB. */
const mostBytesRead = 64 * 1024 * 1024;

/** What is asked for to learn a file's size: usually the whole metadata without the vocabulary. */
const firstPieceBytes = 256 * 1024;

/** True for what `inspectRemoteModel` takes. */
export function isAddress(reference: string): boolean {
  return /^https?:\/\//i.test(reference);
}

/**
 * What the headers at an address say; for a split model it names the first part. Errors: those of
 * `inspectModelFile`, `remoteUnreachable`, `remoteMissing`, `remoteWithoutRanges`.
 */
export async function inspectRemoteModel(address: string): Promise<Inspection> {
  const url = fileAddress(address);
  const fileName = decodeURIComponent(basename(url.pathname));
  const pathOf = (name: string) => {
    const part = new URL(url);
    part.pathname = part.pathname.slice(0, part.pathname.lastIndexOf('/') + 1) + name;
    return part.href;
  };
  return inspectParts(address, fileName, pathOf, async (path, use) => use(await open(path)));
}

/** Hugging Face shows a file's page under `blob` and gives the file itself under `resolve`. */
function fileAddress(address: string): URL {
  if (!URL.canParse(address)) {
    throw new MoeweError('remoteUnreachable', { address, detail: 'not an address' });
  }
  const url = new URL(address);
  if (url.hostname === 'huggingface.co') url.pathname = url.pathname.replace('/blob/', '/resolve/');
  return url;
}

async function open(address: string): Promise<ByteSource> {
  const first = await readRange(address, 0, firstPieceBytes);
  let read = first.body.length;
  return {
    size: first.size,
    read: async (offset, length) => {
      const end = offset + length;
      if (end <= first.body.length) return first.body.subarray(offset, end);
      if (offset >= first.size) return Buffer.alloc(0);
      const { body, size } = await readRange(address, offset, length);
      if (size !== first.size) throw new HeaderDamage('it changed while it was read');
      read += body.length;
      if (read > mostBytesRead) throw new HeaderDamage('its header has no end');
      return body;
    },
  };
}

async function readRange(
  address: string,
  offset: number,
  length: number,
): Promise<{ body: Buffer; size: number }> {
  let response: Response;
  try {
    response = await fetch(address, {
      headers: { Range: `bytes=${offset}-${offset + length - 1}`, 'Accept-Encoding': 'identity' },
      signal: AbortSignal.timeout(patienceMs),
    });
  } catch (cause) {
    throw unreachable(address, cause);
  }
  // `bytes 0-1023/146515` (RFC 9110, section 14.4).
  const size = /^bytes \d+-\d+\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '')?.[1];
  if (response.status !== 206 || size === undefined) {
    await response.body?.cancel();
    throw refusal(address, response.status);
  }
  return { body: await bodyOf(response, address, length), size: Number(size) };
}

/** A server that sends more than was asked for is not read to its end. */
async function bodyOf(response: Response, address: string, length: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const piece of response.body ?? []) {
      pieces.push(piece);
      bytes += piece.length;
      if (bytes >= length) break;
    }
  } catch (cause) {
    throw unreachable(address, cause);
  }
  return Buffer.concat(pieces).subarray(0, length);
}

function refusal(address: string, status: number): MoeweError {
  if (status === 404 || status === 410) return new MoeweError('remoteMissing', { address });
  if (status === 200) return new MoeweError('remoteWithoutRanges', { address });
  return new MoeweError('remoteUnreachable', { address, detail: `status ${status}` });
}

function unreachable(address: string, cause: unknown): MoeweError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const detail = inner instanceof Error ? inner.message : String(inner);
  return new MoeweError('remoteUnreachable', { address, detail }, { cause });
}
