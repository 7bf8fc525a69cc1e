/**
 * Bytes of a file on a web server, fetched by HTTP ranges. A server that ignores ranges is left
 * before it sends the file: nobody wants to download a model to read its header.
 */
import { MoeweError } from '../../contract/errors.ts';
import type { ByteSource } from './byte-source.ts';

/** Time for one piece of at most a few megabytes. */
const pieceTimeoutMs = 30_000;

/** The first piece is fetched to learn the size; most of a small header lies in it. */
const firstPieceBytes = 256 * 1024;

/** Opens a file on a server. */
export interface RemoteRequest {
  readonly address: string;
  readonly signal: AbortSignal;
  /** For tests; 30 s unless given. */
  readonly timeoutMs?: number;
}

interface Piece {
  readonly bytes: Buffer;
  /** The size of the whole file. */
  readonly size: number;
  /** The address behind all redirects. */
  readonly address: string;
}

/** Whether a reference is an address of a web server rather than a path. */
export function isRemoteAddress(reference: string): boolean {
  return /^https?:\/\//i.test(reference);
}

/** An address fit to be shown and kept: without a password or a key in its query. */
export function shownAddress(address: string): string {
  if (!URL.canParse(address)) return address;
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname}`;
}

/**
 * Opens the file at an address. Errors: `remoteUnreachable`, `remoteRefused`, `remoteNoRanges`,
 * `cancelled`.
 */
export async function openRemoteSource(request: RemoteRequest): Promise<ByteSource> {
  const first = await fetchPiece(request, request.address, 0, firstPieceBytes);
  return {
    size: first.size,
    read: async (offset, length) => {
      const wanted = Math.max(0, Math.min(length, first.size - offset));
      const end = offset + wanted;
      if (end <= first.bytes.length) return first.bytes.subarray(offset, end);
      const piece = await fetchPiece(request, first.address, offset, wanted);
      if (piece.size !== first.size) {
        throw unreachable(request.address, 'the file changed while it was read');
      }
      return piece.bytes;
    },
  };
}

async function fetchPiece(
  request: RemoteRequest,
  address: string,
  offset: number,
  length: number,
): Promise<Piece> {
  const timeout = AbortSignal.timeout(request.timeoutMs ?? pieceTimeoutMs);
  try {
    const response = await fetch(address, {
      headers: { range: `bytes=${offset}-${offset + length - 1}`, 'accept-encoding': 'identity' },
      signal: AbortSignal.any([request.signal, timeout]),
    });
    return await pieceOf(response, request.address, offset, length);
  } catch (thrown) {
    if (thrown instanceof MoeweError) throw thrown;
    if (request.signal.aborted) throw new MoeweError('cancelled', {}, { cause: thrown });
    throw unreachable(request.address, timeout.aborted ? 'it took too long' : reasonOf(thrown));
  }
}

async function pieceOf(
  response: Response,
  asked: string,
  offset: number,
  length: number,
): Promise<Piece> {
  const address = shownAddress(asked);
  // Whoever asked for an encrypted connection shall not be led to a plain one.
  const isDowngraded = asked.startsWith('https:') && response.url.startsWith('http:');
  const place = placeOf(response);
  if (isDowngraded || place?.offset !== offset) await response.body?.cancel();
  if (isDowngraded) throw unreachable(asked, 'it leads to an unencrypted address');
  // An empty file has no ranges.
  if (response.status === 416) return { bytes: Buffer.alloc(0), size: 0, address: response.url };
  if (!response.ok) throw new MoeweError('remoteRefused', { address, status: response.status });
  if (place?.offset !== offset) throw new MoeweError('remoteNoRanges', { address });
  const wanted = Math.min(length, place.size - offset);
  const bytes = await atMost(response, wanted);
  if (bytes.length < wanted) throw unreachable(asked, 'the connection broke off');
  return { bytes, size: place.size, address: response.url };
}

/** What a partial answer says about itself (`Content-Range: bytes 0-99/1234`). */
function placeOf(response: Response): { offset: number; size: number } | undefined {
  if (response.status !== 206) return undefined;
  const header = response.headers.get('content-range') ?? '';
  const match = /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15})$/.exec(header.trim());
  return match ? { offset: Number(match[1]), size: Number(match[2]) } : undefined;
}

/** The beginning of a body; a server that sends more is not listened to. */
async function atMost(response: Response, length: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let received = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    received += chunk.length;
    // Leaving the loop cancels the body.
    if (received >= length) break;
  }
  return Buffer.concat(chunks).subarray(0, length);
}

function unreachable(address: string, detail: string): MoeweError {
  return new MoeweError('remoteUnreachable', { address: shownAddress(address), detail });
}

/** `fetch` hides the reason in the cause. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const { cause } = thrown;
  if (cause instanceof Error) {
    return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
  }
  return thrown.message;
}
