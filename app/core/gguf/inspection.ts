/**
 * Everything that the headers of a model's files tell about it. Where an architecture is unknown,
 * names and shapes of its tensors still tell.
 */
import type { BytesByClass, Inspection, LayerLayout } from '../../contract/inspection.ts';
import { cacheLayout, runLayers } from './cache-layout.ts';
import { fileTypeNames } from './ggml-types.ts';
import type { TensorInfo } from './header.ts';
import type { Metadata } from './metadata.ts';
import { expertMatrix, layerOf, tensorClass, tensorClasses } from './tensor-class.ts';

/** Files of a model: the metadata of the first part, the tensors of all. */
export interface ModelHeaders {
  readonly metadata: Metadata;
  readonly tensors: readonly TensorInfo[];
  readonly fileBytes: number;
  /** Used where the header has no name. */
  readonly fileName: string;
}

/** What the headers say. Throws `HeaderDamage` for values of a wrong kind. */
export function inspectHeaders({ metadata, tensors, ...file }: ModelHeaders): Inspection {
  const experts = expertsOf(metadata, tensors);
  const layers = layersOf(metadata, tensors);
  const active = activeShare(metadata, tensors, experts);
  const cached = layers.map(({ cache }) => cache);
  const kvBytes = (caches: readonly LayerLayout['cache'][]) =>
    2 * sum(caches.map(({ key, value }) => key + value));
  return {
    architecture: metadata.architecture,
    name: metadata.text('general.name')?.trim() ?? file.fileName,
    license: metadata.text('general.license')?.trim() ?? null,
    quantization: quantizationOf(metadata.countAt('general.file_type'), tensors),
    contextLength: metadata.count('context_length') ?? 0,
    parameters: {
      total: sum(tensors.map(parametersOf)),
      active: Math.round(sum(tensors.map((tensor) => parametersOf(tensor) * active(tensor)))),
    },
    experts,
    fileBytes: file.fileBytes,
    quantizationByClass: quantizationByClass(tensors),
    bytes: bytesByClassOf(tensors),
    activeBytesPerToken: Math.round(sum(tensors.map((tensor) => tensor.bytes * active(tensor)))),
    kvBytesPerToken: kvBytes(cached),
    kvBytesPerTokenBeyondWindow: kvBytes(cached.filter((cache) => cache.windowTokens === null)),
    stateBytes: sum(cached.map(({ stateBytes }) => stateBytes)),
    chatTemplate: metadata.text('tokenizer.chat_template') ?? null,
    embeddingLength: metadata.count('embedding_length') ?? tokenEmbedding(tensors)?.shape[0] ?? 0,
    vocabularySize:
      metadata.listLength('tokenizer.ggml.tokens') ?? tokenEmbedding(tensors)?.shape[1] ?? 0,
    layers,
  };
}

function expertsOf(metadata: Metadata, tensors: readonly TensorInfo[]): Inspection['experts'] {
  const routed = tensors.filter(({ name }) => tensorClass(name) === 'routedExperts');
  const count = metadata.count('expert_count') ?? expertsIn(routed);
  const used = Math.min(metadata.largest('expert_used_count') ?? count, count);
  const shared = count === 0 ? 0 : sharedExperts(metadata, tensors);
  return { count, used, shared, layers: new Set(routed.map(({ name }) => layerOf(name))).size };
}

/** The last size of an experts' tensor counts them; files with a tensor for each number them. */
function expertsIn(routed: readonly TensorInfo[]): number {
  const joint = routed.find(({ shape }) => shape.length === 3)?.shape[2];
  const numbers = routed.map(({ name }) => Number(/\.ffn_\w+\.(\d+)\./.exec(name)?.[1] ?? -1));
  return joint ?? Math.max(0, ...numbers.map((number) => number + 1));
}

/**
 * Some architectures do not count their shared experts and only give their joint width, or only
 * have the tensors.
 */
function sharedExperts(metadata: Metadata, tensors: readonly TensorInfo[]): number {
  const counted = metadata.count('expert_shared_count');
  if (counted !== undefined) return counted;
  const shared = tensors.find(({ name }) => /\.ffn_(gate|up)_shexp\./.test(name));
  if (!shared) return 0;
  const width = metadata.largest('expert_feed_forward_length') ?? 0;
  const jointWidth = shared.shape[1] ?? 0;
  return width > 0 && jointWidth % width === 0 ? jointWidth / width : 1;
}

/** How much of a tensor is on one token's way: nothing of layers that only predict further tokens. */
function activeShare(
  metadata: Metadata,
  tensors: readonly TensorInfo[],
  { count, used }: Inspection['experts'],
): (tensor: TensorInfo) => number {
  const running = runLayers(metadata, blockCountOf(metadata, tensors));
  return ({ name }) => {
    if ((layerOf(name) ?? 0) >= running) return 0;
    return count > 0 && tensorClass(name) === 'routedExperts' ? used / count : 1;
  };
}

function layersOf(metadata: Metadata, tensors: readonly TensorInfo[]): LayerLayout[] {
  const blockCount = blockCountOf(metadata, tensors);
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const caches = cacheLayout(metadata, blockCount, byName);
  const byLayer = Map.groupBy(tensors, ({ name }) => layerOf(name));
  return caches.map((cache, layer) => {
    const own = byLayer.get(layer) ?? [];
    const { embedding, ...bytes } = bytesByClassOf(own);
    const expertBytes = { up: 0, gate: 0, down: 0, gateUp: 0 };
    for (const tensor of own) {
      const matrix = expertMatrix(tensor.name);
      if (matrix !== null) expertBytes[matrix] += tensor.bytes;
    }
    return { layer, bytes: { ...bytes, other: bytes.other + embedding }, expertBytes, cache };
  });
}

function blockCountOf(metadata: Metadata, tensors: readonly TensorInfo[]): number {
  const inNames = tensors.map(({ name }) => (layerOf(name) ?? -1) + 1);
  return metadata.count('block_count') ?? inNames.reduce((most, next) => Math.max(most, next), 0);
}

function bytesByClassOf(tensors: readonly TensorInfo[]): BytesByClass {
  const bytes = {
    embedding: 0,
    attention: 0,
    dense: 0,
    sharedExperts: 0,
    routedExperts: 0,
    other: 0,
  };
  for (const tensor of tensors) bytes[tensorClass(tensor.name)] += tensor.bytes;
  return bytes;
}

/** The publisher's name for the file type; without one, the type that most bytes have. */
function quantizationOf(fileType: number | undefined, tensors: readonly TensorInfo[]): string {
  const named = fileType === undefined ? undefined : fileTypeNames.get(fileType);
  return named ?? mostBytesType(tensors) ?? 'unknown';
}

function quantizationByClass(tensors: readonly TensorInfo[]): Record<string, string> {
  const entries = tensorClasses.flatMap((name) => {
    const type = mostBytesType(tensors.filter((tensor) => tensorClass(tensor.name) === name));
    return type === undefined ? [] : [[name, type] as const];
  });
  return Object.fromEntries(entries);
}

function mostBytesType(tensors: readonly TensorInfo[]): string | undefined {
  const bytesByType = new Map<string, number>();
  for (const { type, bytes } of tensors) {
    bytesByType.set(type.name, (bytesByType.get(type.name) ?? 0) + bytes);
  }
  const [most] = [...bytesByType].sort(([, a], [, b]) => b - a);
  return most?.[0];
}

function tokenEmbedding(tensors: readonly TensorInfo[]): TensorInfo | undefined {
  return tensors.find(({ name }) => name === 'token_embd.weight');
}

function parametersOf({ shape }: TensorInfo): number {
  return shape.reduce((product, size) => product * size, 1);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}
