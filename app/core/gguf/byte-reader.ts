/**
 * Reads a header's little-endian values one after the other, fetching large pieces at a time. Every
 * length is checked against the source before anything is allocated for it.
 */
import type { ByteSource } from './byte-source.ts';
import { HeaderDamage } from './header-damage.ts';

/** The first piece; most headers without a large vocabulary fit into it. */
const firstPieceBytes = 256 * 1024;
/** Each piece is twice as large as the one before, up to this. */
const largestPieceBytes = 4 * 1024 * 1024;

/** No header is larger; a large vocabulary takes some 10 MB. */
const headerLimitBytes = 64 * 1024 * 1024;

/** All that is kept of a header; beyond it the file wants to fill the memory. */
const claimLimitBytes = 16 * 1024 * 1024;

export class ByteReader {
  readonly #source: ByteSource;
  #piece: Buffer = Buffer.alloc(0);
  #pieceStart = 0;
  #offset = 0;
  #nextPieceBytes = firstPieceBytes;
  #claimedBytes = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Bytes from the beginning that were read or passed over. */
  get offset(): number {
    return this.#offset;
  }

  async u8(): Promise<number> {
    return (await this.#take(1)).readUInt8(0);
  }

  async u32(): Promise<number> {
    return (await this.#take(4)).readUInt32LE(0);
  }

  async u64(): Promise<bigint> {
    return (await this.#take(8)).readBigUInt64LE(0);
  }

  /** A count or length: one that no file could hold is damage. */
  async count(): Promise<number> {
    const value = await this.u64();
    if (value > BigInt(this.#source.size)) {
      throw new HeaderDamage(`a count of ${value} at byte ${this.#offset - 8} exceeds the file`);
    }
    return Number(value);
  }

  /** Counts bytes that the caller keeps; too many are damage. */
  claim(bytes: number): void {
    this.#claimedBytes += bytes;
    if (this.#claimedBytes > claimLimitBytes) throw new HeaderDamage('its metadata is too large');
  }

  /** Text of at most `limit` bytes. */
  async text(limit: number): Promise<string> {
    const length = await this.count();
    if (length > limit) throw new HeaderDamage(`a text of ${length} bytes at ${this.#offset}`);
    return this.#text(length);
  }

  /** Text of at most `limit` bytes; a longer one is passed over and only its length given. */
  async textOrLength(limit: number): Promise<string | { readonly textLength: number }> {
    const length = await this.count();
    if (length <= limit) return this.#text(length);
    this.#advance(length);
    return { textLength: length };
  }

  async bytes(length: number): Promise<Buffer> {
    return Buffer.from(await this.#take(length));
  }

  /** Passes over `length` bytes without reading them. */
  skip(length: number): void {
    this.#advance(length);
  }

  /** Passes over `count` texts without making strings of them. */
  async skipTexts(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      // The common case stays free of promises: a vocabulary has 150,000 texts.
      const at = this.#offset - this.#pieceStart;
      if (at + 8 <= this.#piece.length) {
        const high = this.#piece.readUInt32LE(at + 4);
        const length = this.#piece.readUInt32LE(at);
        if (high !== 0) throw new HeaderDamage(`a text too long at byte ${this.#offset}`);
        this.#advance(8 + length);
      } else {
        this.#advance(0);
        this.#advance(await this.count());
      }
    }
  }

  async #text(length: number): Promise<string> {
    this.claim(length);
    return (await this.#take(length)).toString('utf8');
  }

  async #take(length: number): Promise<Buffer> {
    if (this.#offset + length > this.#source.size) throw new HeaderDamage('it ends in its header');
    let at = this.#offset - this.#pieceStart;
    if (at < 0 || at + length > this.#piece.length) {
      this.#pieceStart = this.#offset;
      this.#piece = await this.#source.read(this.#offset, Math.max(length, this.#nextPieceBytes));
      this.#nextPieceBytes = Math.min(2 * this.#nextPieceBytes, largestPieceBytes);
      if (this.#piece.length < length) throw new HeaderDamage('it shrank while it was read');
      at = 0;
    }
    this.#advance(length);
    return this.#piece.subarray(at, at + length);
  }

  #advance(length: number): void {
    this.#offset += length;
    if (this.#offset > this.#source.size) throw new HeaderDamage('it ends in its header');
    if (this.#offset > headerLimitBytes) throw new HeaderDamage('its header has no end');
  }
}
