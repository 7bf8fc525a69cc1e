/** Inspections shaped like well-known models, and a machine, built by hand. */
import type { Hardware } from '../../../../app/contract/hardware.ts';
import type { Inspection, LayerLayout } from '../../../../app/contract/inspection.ts';

interface Shape {
  readonly architecture: string;
  readonly layers: number;
  readonly embedding: number;
  readonly vocabulary: number;
  readonly contextLength: number;
  readonly experts: { readonly count: number; readonly used: number };
  readonly expertWidth: number;
  /** Layers before this one are dense. */
  readonly firstExpertLayer?: number;
  readonly attention: number;
  /** Values of keys (and of values) a token. */
  readonly cacheValues: number;
  /** Every second layer keeps only these. */
  readonly windowTokens?: number;
  readonly bytesPerWeight: number;
}

/** Bytes of Q8_0 weights: 34 for 32. */
const embeddingBytesPerWeight = 34 / 32;

function layer(shape: Shape, index: number): LayerLayout {
  const { embedding, experts, expertWidth, bytesPerWeight, cacheValues, windowTokens } = shape;
  const matrix = Math.round(experts.count * expertWidth * embedding * bytesPerWeight);
  const dense = index < (shape.firstExpertLayer ?? 0);
  const one = dense ? 0 : matrix;
  return {
    layer: index,
    skipped: false,
    bytes: {
      attention: Math.round(shape.attention * bytesPerWeight),
      dense: dense ? Math.round(4 * embedding * embedding * bytesPerWeight) : 0,
      sharedExperts: 0,
      routedExperts: 3 * one,
      other: (experts.count + 2) * embedding * 4,
    },
    expertBytes: { up: one, gate: one, down: one, gateUp: 0 },
    cache: {
      key: cacheValues,
      value: cacheValues,
      compressed: 0,
      windowTokens: windowTokens !== undefined && index % 2 === 0 ? windowTokens : null,
      stateBytes: 0,
    },
  };
}

/** An inspection of a model with untied Q8_0 embeddings. */
export function inspectionOf(shape: Shape): Inspection {
  const layers = Array.from({ length: shape.layers }, (_, index) => layer(shape, index));
  const table = Math.round(shape.vocabulary * shape.embedding * embeddingBytesPerWeight);
  const of = (part: keyof LayerLayout['bytes']) =>
    layers.reduce((total, { bytes }) => total + bytes[part], 0);
  const bytes = {
    embedding: 2 * table,
    attention: of('attention'),
    dense: of('dense'),
    sharedExperts: 0,
    routedExperts: of('routedExperts'),
    other: of('other') + shape.embedding * 4,
  };
  const all = Object.values(bytes).reduce((total, part) => total + part, 0);
  const expertLayers = shape.layers - (shape.firstExpertLayer ?? 0);
  const { count, used } = shape.experts;
  const routed = expertLayers * count * 3 * shape.expertWidth * shape.embedding;
  const total = routed + shape.layers * shape.attention + 2 * shape.vocabulary * shape.embedding;
  const unused = count === 0 ? 0 : 1 - used / count;
  return {
    architecture: shape.architecture,
    architectureKnown: true,
    name: shape.architecture,
    license: null,
    quantization: 'Q4_K_M',
    contextLength: shape.contextLength,
    parameters: { total, active: Math.round(total - routed * unused) },
    experts: { count, used, shared: 0, layers: count === 0 ? 0 : expertLayers },
    fileBytes: all,
    quantizationByClass: { embedding: 'Q8_0' },
    bytes,
    activeBytesPerToken: Math.round(all - bytes.routedExperts * unused),
    kvBytesPerToken: shape.layers * shape.cacheValues * 4,
    kvBytesPerTokenBeyondWindow: shape.layers * shape.cacheValues * 4,
    stateBytes: 0,
    chatTemplate: null,
    embeddingLength: shape.embedding,
    vocabularySize: shape.vocabulary,
    layers,
  };
}

export const olmoe = inspectionOf({
  architecture: 'olmoe',
  layers: 16,
  embedding: 2048,
  vocabulary: 50_304,
  contextLength: 4096,
  experts: { count: 64, used: 8 },
  expertWidth: 1024,
  attention: 4 * 2048 * 2048,
  cacheValues: 2048,
  bytesPerWeight: 0.6,
});

export const qwen30b = inspectionOf({
  architecture: 'qwen3moe',
  layers: 48,
  embedding: 2048,
  vocabulary: 151_936,
  contextLength: 262_144,
  experts: { count: 128, used: 8 },
  expertWidth: 768,
  attention: 2 * 2048 * 4096 + 2 * 2048 * 512,
  cacheValues: 512,
  bytesPerWeight: 0.6,
});

export const gptOss20b = inspectionOf({
  architecture: 'gpt-oss',
  layers: 24,
  embedding: 2880,
  vocabulary: 201_088,
  contextLength: 131_072,
  experts: { count: 32, used: 4 },
  expertWidth: 2880,
  attention: 2 * 2880 * 4096 + 2 * 2880 * 512,
  cacheValues: 512,
  windowTokens: 128,
  bytesPerWeight: 17 / 32,
});

export const qwen235b = inspectionOf({
  architecture: 'qwen3moe',
  layers: 94,
  embedding: 4096,
  vocabulary: 151_936,
  contextLength: 262_144,
  experts: { count: 128, used: 8 },
  expertWidth: 1536,
  attention: 2 * 4096 * 8192 + 2 * 4096 * 512,
  cacheValues: 512,
  bytesPerWeight: 0.6,
});

export const gigabyte = 1e9;

/** Eight cores and `ram` bytes; with `vram` a graphics card of its own memory. */
export function machine(ramBytes: number, vramBytes = 0): Hardware {
  const ram = Math.round(ramBytes);
  const vram = Math.round(vramBytes);
  const card = { name: 'Card', backend: 'cuda', unified: false, bandwidth: null };
  return {
    processor: {
      name: 'Processor',
      logicalCores: 16,
      physicalCores: 8,
      performanceCores: 8,
      efficiencyCores: 0,
      instructionSets: ['AVX2'],
    },
    memory: { totalBytes: ram, availableBytes: ram, bandwidth: 50e9 },
    gpus: vram === 0 ? [] : [{ ...card, totalBytes: vram, freeBytes: vram }],
    disk: { kind: 'solidState', totalBytes: 1e12, freeBytes: 5e11 },
  };
}
