/**
 * What a planner needs of an inspection: which bytes are where in the file, and how many of them one
 * token reads. Pure.
 */
import type { Inspection, LayerLayout } from '../../contract/inspection.ts';
import { ggmlTypes } from '../gguf/ggml-types.ts';

/** One layer as the planner moves it. */
export interface LayerWeights {
  readonly attention: number;
  readonly sharedExperts: number;
  readonly routedExperts: number;
  /** Dense matrices, router, norms. */
  readonly rest: number;
  readonly cache: LayerLayout['cache'];
}

export interface ModelWeights {
  readonly layers: readonly LayerWeights[];
  /** Positions in `layers` of those with routed experts, rising. */
  readonly expertLayers: readonly number[];
  /** The table from which a token takes one row; it stays in main memory. */
  readonly tokenEmbedding: number;
  /** The matrix that gives the logits. Where it is tied, the table's bytes once more. */
  readonly output: number;
  /** True where the file has no output matrix of its own: a GPU gets a copy of the table. */
  readonly tied: boolean;
  /** Weights outside of the layers but the two above; they go with the output. */
  readonly outside: number;
  /** Bytes of the file's largest matrix of routed experts. */
  readonly largestExpertMatrix: number;
}

/** Sorts an inspection's bytes for planning. */
export function modelWeights(inspection: Inspection): ModelWeights {
  const { bytes } = inspection;
  const inFile = inspection.layers.map(layerWeights);
  const inLayers = sum(inFile.map((layer) => weightsOf(layer)));
  const layers = inFile.map((layer, index) =>
    inspection.layers[index]?.skipped === true ? notLoaded : layer,
  );
  const all = Object.values(bytes).reduce((total, part) => total + part, 0);
  const matrices = inspection.layers.flatMap(({ expertBytes }) => Object.values(expertBytes));
  return {
    layers,
    expertLayers: layers.flatMap(({ routedExperts }, index) => (routedExperts > 0 ? [index] : [])),
    ...embeddings(inspection),
    outside: Math.max(0, all - inLayers - bytes.embedding),
    largestExpertMatrix: matrices.reduce((most, matrix) => Math.max(most, matrix), 0),
  };
}

/** A layer that llama.cpp counts but doesn't load. */
const notLoaded: LayerWeights = {
  attention: 0,
  sharedExperts: 0,
  routedExperts: 0,
  rest: 0,
  cache: { key: 0, value: 0, compressed: 0, windowTokens: null, stateBytes: 0 },
};

function layerWeights({ bytes, cache }: LayerLayout): LayerWeights {
  const { attention, sharedExperts, routedExperts } = bytes;
  return { attention, sharedExperts, routedExperts, rest: bytes.dense + bytes.other, cache };
}

/** All weights of a layer. */
export function weightsOf(layer: Omit<LayerWeights, 'cache'>): number {
  return layer.attention + layer.sharedExperts + layer.routedExperts + layer.rest;
}

/**
 * An inspection counts table and output together; with the type that most of these bytes have, one
 * of the two can be told from both. The larger of two is the output: quantizers spare it.
 */
function embeddings(
  inspection: Inspection,
): Pick<ModelWeights, 'tokenEmbedding' | 'output' | 'tied'> {
  const both = inspection.bytes.embedding;
  const type = ggmlTypeNamed(inspection.quantizationByClass['embedding']);
  const values = inspection.vocabularySize * inspection.embeddingLength;
  const one = type === undefined ? 0 : Math.round((values / type.blockSize) * type.blockBytes);
  const other = both - one;
  if (one > 0 && other < one * 0.1) return { tokenEmbedding: both, output: both, tied: true };
  // A table for every layer (`per_layer_token_embd`) is no output, however large.
  const larger = other > 3 * one ? one : Math.max(one, other);
  const output = one > 0 ? larger : Math.ceil(both / 2);
  return { tokenEmbedding: both - output, output, tied: false };
}

function ggmlTypeNamed(name: string | undefined) {
  return [...ggmlTypes.values()].find((type) => type.name === name);
}

/** The sum of numbers. */
export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
