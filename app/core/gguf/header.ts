/**
 * Reads the header of a GGUF file, version 2 or 3 (ggml `docs/gguf.md`, `src/gguf.cpp`): metadata
 * and the list of tensors, never the weights. Hostile headers are refused before native code sees
 * the file.
 */
import { ByteReader } from './byte-reader.ts';
import type { ByteSource } from './byte-source.ts';
import { ggmlTypes, type GgmlType } from './ggml-types.ts';
import { HeaderDamage, NotGguf } from './header-damage.ts';

/** A metadata value. Long lists and texts are not kept: only their length is. */
export type MetadataValue =
  | number
  | bigint
  | boolean
  | string
  | readonly (number | bigint | boolean | string)[]
  | { readonly listLength: number }
  | { readonly textLength: number };

/** A tensor as the header describes it. */
export interface TensorInfo {
  readonly name: string;
  /** Sizes, the fastest running one first. */
  readonly shape: readonly number[];
  readonly type: GgmlType;
  readonly bytes: number;
  /** From the beginning of the file. */
  readonly offset: number;
}

/** A header. */
export interface GgufHeader {
  readonly version: number;
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  readonly tensors: readonly TensorInfo[];
  /** Bytes that the whole file must have. */
  readonly expectedBytes: number;
}

const magic = 0x46554747; // "GGUF"
const keyLimitBytes = 65_535;
/** Longer names are refused by ggml, too (`GGML_MAX_NAME`). */
const tensorNameLimitBytes = 63;
/** Longer texts are passed over: a chat template has some 20 KB. */
const keptTextBytes = 1024 * 1024;
/** What an item of a kept list takes of the memory and the time, counted as bytes of text. */
const keptItemBytes = 32;
const metadataLimit = 100_000;
const tensorLimit = 50_000;
/** Lists up to this length are kept; vocabularies are longer and nobody needs them here. */
const keptListLength = 1024;
const mostDimensions = 4;

/** Bytes of each fixed-size value type (`enum gguf_type`). */
const valueBytes = new Map([
  [0, 1],
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 4],
  [5, 4],
  [6, 4],
  [7, 1],
  [10, 8],
  [11, 8],
  [12, 8],
]);
const textType = 8;
const listType = 9;

/** Reads and checks a header. Throws `NotGguf` or `HeaderDamage`. */
export async function readHeader(source: ByteSource): Promise<GgufHeader> {
  const reader = new ByteReader(source);
  if (source.size < 24 || (await reader.u32()) !== magic) throw new NotGguf();
  const version = await reader.u32();
  if (version !== 2 && version !== 3) {
    const swapped = version % 65_536 === 0;
    throw new HeaderDamage(
      swapped ? 'it is big-endian, for another kind of processor' : `its version is ${version}`,
    );
  }
  const tensorCount = await reader.count();
  const metadataCount = await reader.count();
  if (tensorCount > tensorLimit) throw new HeaderDamage(`it claims ${tensorCount} tensors`);
  if (metadataCount > metadataLimit) throw new HeaderDamage(`it claims ${metadataCount} values`);
  const metadata = await readMetadata(reader, metadataCount);
  const alignment = alignmentOf(metadata);
  const described = await readTensorInfos(reader, tensorCount);
  const dataStart = Math.ceil(reader.offset / alignment) * alignment;
  const tensors = placed(described, dataStart, alignment);
  const ends = tensors.map(({ offset, bytes }) => offset + bytes);
  const expectedBytes = ends.reduce((most, end) => Math.max(most, end), dataStart);
  return { version, metadata, tensors, expectedBytes };
}

async function readMetadata(
  reader: ByteReader,
  count: number,
): Promise<Map<string, MetadataValue>> {
  const metadata = new Map<string, MetadataValue>();
  for (let index = 0; index < count; index += 1) {
    const key = await reader.text(keyLimitBytes);
    if (metadata.has(key)) throw new HeaderDamage(`the key ${shown(key)} stands twice`);
    metadata.set(key, await readValue(reader, await reader.u32(), key));
  }
  return metadata;
}

async function readValue(reader: ByteReader, type: number, key: string): Promise<MetadataValue> {
  if (type !== listType) return readSingle(reader, type, key);
  const itemType = await reader.u32();
  const length = await reader.count();
  const itemBytes = valueBytes.get(itemType);
  if (itemBytes === undefined && itemType !== textType) {
    throw new HeaderDamage(`the list ${shown(key)} has items of type ${itemType}`);
  }
  if (length > keptListLength) {
    if (itemBytes === undefined) await reader.skipTexts(length);
    else reader.skip(length * itemBytes);
    return { listLength: length };
  }
  reader.claim(length * keptItemBytes);
  const items: (number | bigint | boolean | string)[] = [];
  for (let index = 0; index < length; index += 1) {
    const item = await readSingle(reader, itemType, key);
    if (typeof item === 'object') throw new HeaderDamage(`the list ${shown(key)} has a huge text`);
    items.push(item);
  }
  return items;
}

async function readSingle(
  reader: ByteReader,
  type: number,
  key: string,
): Promise<number | bigint | boolean | string | { readonly textLength: number }> {
  if (type === textType) return reader.textOrLength(keptTextBytes);
  const size = valueBytes.get(type);
  if (size === undefined) throw new HeaderDamage(`${shown(key)} has the unknown type ${type}`);
  const bytes = await reader.bytes(size);
  switch (type) {
    case 1:
      return bytes.readInt8(0);
    case 3:
      return bytes.readInt16LE(0);
    case 5:
      return bytes.readInt32LE(0);
    case 6:
      return bytes.readFloatLE(0);
    case 7:
      return bytes.readUInt8(0) !== 0;
    case 10:
      return bytes.readBigUInt64LE(0);
    case 11:
      return bytes.readBigInt64LE(0);
    case 12:
      return bytes.readDoubleLE(0);
    default:
      return bytes.readUIntLE(0, size);
  }
}

function alignmentOf(metadata: ReadonlyMap<string, MetadataValue>): number {
  const alignment = metadata.get('general.alignment') ?? 32;
  const isPower =
    typeof alignment === 'number' && alignment > 0 && (alignment & -alignment) === alignment;
  if (!isPower || alignment > 1_048_576) throw new HeaderDamage('its alignment is no power of two');
  return alignment;
}

type DescribedTensor = Omit<TensorInfo, 'offset'> & { readonly relativeOffset: bigint };

async function readTensorInfos(reader: ByteReader, count: number): Promise<DescribedTensor[]> {
  const names = new Set<string>();
  const tensors: DescribedTensor[] = [];
  for (let index = 0; index < count; index += 1) {
    const tensor = await readTensorInfo(reader);
    if (names.has(tensor.name))
      throw new HeaderDamage(`the tensor ${shown(tensor.name)} stands twice`);
    names.add(tensor.name);
    tensors.push(tensor);
  }
  return tensors;
}

async function readTensorInfo(reader: ByteReader): Promise<DescribedTensor> {
  const name = await reader.text(tensorNameLimitBytes);
  const dimensions = await reader.u32();
  if (dimensions < 1 || dimensions > mostDimensions) {
    throw new HeaderDamage(`the tensor ${shown(name)} has ${dimensions} dimensions`);
  }
  const sizes: bigint[] = [];
  for (let index = 0; index < dimensions; index += 1) sizes.push(await reader.u64());
  const typeNumber = await reader.u32();
  const type = ggmlTypes.get(typeNumber);
  if (!type) throw new HeaderDamage(`the tensor ${shown(name)} has the unknown type ${typeNumber}`);
  const relativeOffset = await reader.u64();
  const values = sizes.reduce((product, size) => product * size, 1n);
  const [rowLength = 0n] = sizes;
  if (values <= 0n || values > 2n ** 53n || rowLength % BigInt(type.blockSize) !== 0n) {
    throw new HeaderDamage(`the tensor ${shown(name)} has impossible sizes`);
  }
  const bytes = (Number(values) / type.blockSize) * type.blockBytes;
  return { name, shape: sizes.map(Number), type, bytes, relativeOffset };
}

/** Tensors with their place in the file: aligned, and none over another. */
function placed(
  described: readonly DescribedTensor[],
  dataStart: number,
  alignment: number,
): TensorInfo[] {
  const tensors = described.map(({ relativeOffset, ...tensor }) => {
    if (relativeOffset > 2n ** 53n || relativeOffset % BigInt(alignment) !== 0n) {
      throw new HeaderDamage(`the tensor ${shown(tensor.name)} lies at an impossible place`);
    }
    return { ...tensor, offset: dataStart + Number(relativeOffset) };
  });
  const byPlace = tensors.toSorted((a, b) => a.offset - b.offset);
  for (const [index, tensor] of byPlace.entries()) {
    const next = byPlace[index + 1];
    if (next && tensor.offset + tensor.bytes > next.offset) {
      throw new HeaderDamage(`${shown(tensor.name)} and ${shown(next.name)} overlap`);
    }
  }
  return tensors;
}

/** A name from the file, made fit for a sentence. */
function shown(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}
