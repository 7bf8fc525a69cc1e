/**
 * Experts' choices as they lie on the disk: bits without gaps, so that a token takes at most 24
 * bytes for each layer with experts (a model of 64 experts that uses 8 takes 14). Pure.
 *
 * For each token, layer by layer: the ids of its experts with as many bits as the largest id needs,
 * then their weights. Weights have 8 bits, or as many as still fit. A token begins at a whole byte.
 */
import type { ExpertChoices, RoutingShape } from './expert-choices.ts';

/** The most that a token may take for one layer. */
const layerLimitBits = 24 * 8;

const fullWeightBits = 8;

/** The packed form of choices that `keepStrongest` has seen. */
export function packChoices({ shape, texts, experts, weights }: ExpertChoices): Uint8Array {
  const { usedCount, layers } = shape;
  const { idBits, weightBits, tokenBytes } = bitsOf(shape);
  const packed = new Uint8Array(tokenBytes * texts.length);
  const largest = 2 ** weightBits - 1;
  for (const token of texts.keys()) {
    let bit = token * tokenBytes * 8;
    for (const layer of layers.keys()) {
      const first = (token * layers.length + layer) * usedCount;
      for (let place = first; place < first + usedCount; place += 1) {
        bit = writeBits(packed, bit, idBits, experts[place] ?? 0);
      }
      for (let place = first; place < first + usedCount; place += 1) {
        const share = Math.round(((weights[place] ?? 0) / 255) * largest);
        bit = writeBits(packed, bit, weightBits, share);
      }
    }
  }
  return packed;
}

/**
 * The reverse. Exact where weights have 8 bits; with none, all experts of a token and layer weigh
 * the same.
 */
export function unpackChoices(
  shape: RoutingShape,
  texts: readonly string[],
  packed: Uint8Array,
): ExpertChoices {
  const { usedCount, layers } = shape;
  const { idBits, weightBits, tokenBytes } = bitsOf(shape);
  const experts = new Uint16Array(texts.length * layers.length * usedCount);
  const weights = new Uint8Array(experts.length);
  const largest = 2 ** weightBits - 1;
  for (const token of texts.keys()) {
    let bit = token * tokenBytes * 8;
    for (const layer of layers.keys()) {
      const first = (token * layers.length + layer) * usedCount;
      for (let place = first; place < first + usedCount; place += 1) {
        experts[place] = readBits(packed, bit, idBits);
        bit += idBits;
      }
      for (let place = first; place < first + usedCount; place += 1) {
        const share = largest === 0 ? 1 / usedCount : readBits(packed, bit, weightBits) / largest;
        weights[place] = Math.round(share * 255);
        bit += weightBits;
      }
    }
  }
  return { shape, texts, experts, weights };
}

/**
 * Choices of which so many experts are kept that their ids fit: all of them for every model that is
 * known, else the ones with the largest weights, in their order.
 */
export function keepStrongest(choices: ExpertChoices): ExpertChoices {
  const { shape, experts, weights } = choices;
  const { usedCount } = shape;
  const kept = keptCount(shape);
  if (kept === usedCount) return choices;
  const places = Array.from({ length: experts.length / usedCount }, (_, group) => {
    const own = Array.from({ length: usedCount }, (__, place) => group * usedCount + place);
    const byWeight = own.toSorted((one, other) => (weights[other] ?? 0) - (weights[one] ?? 0));
    return byWeight.slice(0, kept).sort((one, other) => one - other);
  }).flat();
  return {
    ...choices,
    shape: { ...shape, usedCount: kept },
    experts: Uint16Array.from(places, (place) => experts[place] ?? 0),
    weights: Uint8Array.from(places, (place) => weights[place] ?? 0),
  };
}

function keptCount({ expertCount, usedCount }: RoutingShape): number {
  return Math.min(usedCount, Math.floor(layerLimitBits / idBitsOf(expertCount)));
}

function bitsOf({ layers, expertCount, usedCount }: RoutingShape) {
  const idBits = idBitsOf(expertCount);
  const left = layerLimitBits - usedCount * idBits;
  const weightBits = Math.min(fullWeightBits, Math.floor(left / usedCount));
  const tokenBits = layers.length * usedCount * (idBits + weightBits);
  return { idBits, weightBits, tokenBytes: Math.ceil(tokenBits / 8) };
}

function idBitsOf(expertCount: number): number {
  return Math.ceil(Math.log2(expertCount));
}

/** Writes the lowest `count` bits of `value`, the lowest first; returns where the next bit goes. */
function writeBits(bytes: Uint8Array, begin: number, count: number, value: number): number {
  for (let done = 0; done < count; done += 1) {
    const bit = begin + done;
    if ((value >> done) & 1) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (1 << (bit & 7));
  }
  return begin + count;
}

function readBits(bytes: Uint8Array, begin: number, count: number): number {
  let value = 0;
  for (let done = 0; done < count; done += 1) {
    const bit = begin + done;
    value |= (((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1) << done;
  }
  return value;
}
