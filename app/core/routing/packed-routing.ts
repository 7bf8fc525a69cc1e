/**
 * The form of a routing record on the disk: at most 24 bytes a token and layer, whatever the model.
 * Each cell (one token in one layer) holds the ids of its experts in as few bits as their number
 * needs, then a byte of weight each. Where a model takes so many experts that not all of it fits, the
 * strongest come first and keep their weight; the others share what is left of it equally, and the
 * weakest ids are left out last. Whole bytes a cell, so batches can be put one behind the other.
 */
import type { RoutingBatch, RoutingShape } from './routing-batch.ts';

/** The most that one token takes in one layer. */
export const cellLimitBytes = 24;

const weightBits = 8;

/** How one cell is laid out. */
export interface CellForm {
  readonly idBits: number;
  /** Experts whose id is kept. */
  readonly keptIds: number;
  /** Experts whose weight is kept; at least one. */
  readonly keptWeights: number;
  readonly bytes: number;
}

export function cellForm({ expertCount, usedCount }: RoutingShape): CellForm {
  const idBits = Math.max(1, Math.ceil(Math.log2(expertCount)));
  const bits = cellLimitBytes * 8;
  const keptIds = Math.min(usedCount, Math.floor((bits - weightBits) / idBits));
  const keptWeights = Math.min(keptIds, Math.floor((bits - keptIds * idBits) / weightBits));
  const bytes = Math.ceil((keptIds * idBits + keptWeights * weightBits) / 8);
  return { idBits, keptIds, keptWeights, bytes };
}

/** The bytes of a batch; its texts are kept beside them. */
export function packed(batch: RoutingBatch): Uint8Array {
  const form = cellForm(batch);
  const { usedCount, experts, weights } = batch;
  const cells = experts.length / usedCount;
  const bytes = new Uint8Array(cells * form.bytes);
  const everythingFits = form.keptWeights === usedCount;
  for (let cell = 0; cell < cells; cell += 1) {
    const begin = cell * usedCount;
    const places = Array.from({ length: usedCount }, (_, place) => begin + place);
    // Else the router's own order stays.
    if (!everythingFits) places.sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0));
    let bit = cell * form.bytes * 8;
    for (const place of places.slice(0, form.keptIds)) {
      writeBits(bytes, bit, form.idBits, experts[place] ?? 0);
      bit += form.idBits;
    }
    for (const place of places.slice(0, form.keptWeights)) {
      writeBits(bytes, bit, weightBits, weights[place] ?? 0);
      bit += weightBits;
    }
  }
  return bytes;
}

/** The reverse of `packed`; `shape` is the one that was packed. */
export function unpacked(
  bytes: Uint8Array,
  shape: RoutingShape,
  texts: readonly string[],
): RoutingBatch {
  const form = cellForm(shape);
  const cells = texts.length * shape.layers.length;
  const experts = new Uint16Array(cells * form.keptIds);
  const weights = new Uint8Array(cells * form.keptIds);
  for (let cell = 0; cell < cells; cell += 1) {
    const begin = cell * form.keptIds;
    let bit = cell * form.bytes * 8;
    for (let place = 0; place < form.keptIds; place += 1) {
      experts[begin + place] = readBits(bytes, bit, form.idBits);
      bit += form.idBits;
    }
    let left = 255;
    for (let place = 0; place < form.keptWeights; place += 1) {
      const weight = readBits(bytes, bit, weightBits);
      weights[begin + place] = weight;
      left -= weight;
      bit += weightBits;
    }
    const others = shape.usedCount - form.keptWeights;
    if (others > 0) {
      const share = Math.max(0, Math.round(left / others));
      weights.fill(share, begin + form.keptWeights, begin + form.keptIds);
    }
  }
  return { ...shape, usedCount: form.keptIds, texts, experts, weights };
}

/** The batch as it will be read again: a strip must not change when a chat is opened once more. */
export function asKept(batch: RoutingBatch): RoutingBatch {
  const fits = cellForm(batch).keptWeights === batch.usedCount;
  return fits ? batch : unpacked(packed(batch), batch, batch.texts);
}

/** Writes the lowest `count` bits of `value`, the lowest first, into bytes that are still zero. */
function writeBits(bytes: Uint8Array, from: number, count: number, value: number): void {
  for (let done = 0; done < count;) {
    const at = (from + done) >> 3;
    const shift = (from + done) & 7;
    const taken = Math.min(8 - shift, count - done);
    const part = (value >> done) & ((1 << taken) - 1);
    bytes[at] = (bytes[at] ?? 0) | (part << shift);
    done += taken;
  }
}

function readBits(bytes: Uint8Array, from: number, count: number): number {
  let value = 0;
  for (let done = 0; done < count;) {
    const at = (from + done) >> 3;
    const shift = (from + done) & 7;
    const taken = Math.min(8 - shift, count - done);
    value |= (((bytes[at] ?? 0) >> shift) & ((1 << taken) - 1)) << done;
    done += taken;
  }
  return value;
}
