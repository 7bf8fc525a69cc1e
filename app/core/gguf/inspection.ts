/** Everything that `moewe inspect` tells, from the headers alone. */
import type { BytesByClass, Inspection, LayerLayout } from '../../contract/inspection.ts';
import { activeShares } from './active-experts.ts';
import { isKnownArchitecture } from './architectures.ts';
import { cacheLayouts } from './cache-layout.ts';
import type { LayerCache } from './cache-question.ts';
import type { MetadataValue, TensorInfo } from './header.ts';
import { modelFactsOf, usualType } from './model-facts.ts';
import type { ModelHeader } from './model-header.ts';
import { textIn } from './own-metadata.ts';
import { expertMatrix, layerOf, tensorClass } from './tensor-class.ts';

/** Bytes of a value in an unquantized cache. */
const cacheValueBytes = Uint16Array.BYTES_PER_ELEMENT;

/** Inspects a model. Throws `HeaderDamage`. */
export function inspectionOf(model: ModelHeader): Inspection {
  const { metadata, own, tensors } = model;
  const { hasChatTemplate, ...facts } = modelFactsOf(model);
  const byClass = Map.groupBy(tensors, ({ name }) => tensorClass(name));
  const layers = layerLayouts(model);
  const caches = layers.map(({ cache }) => cache);
  return {
    ...facts,
    fileBytes: model.fileBytes,
    architectureKnown: isKnownArchitecture(own.architecture),
    quantizationByClass: Object.fromEntries(
      [...byClass].map(([name, members]) => [name, usualType(members)]),
    ),
    bytes: bytesByClass(tensors),
    activeBytesPerToken: activeBytes(model, byClass.get('routedExperts') ?? []),
    kvBytesPerToken: cacheBytes(caches, ({ key, value, compressed }) => key + value + compressed),
    kvBytesPerTokenBeyondWindow: cacheBytes(caches, valuesBeyondWindow),
    stateBytes: sum(caches.map(({ stateBytes }) => stateBytes)),
    chatTemplate: hasChatTemplate ? (textIn(metadata, 'tokenizer.chat_template') ?? null) : null,
    embeddingLength: own.whole('embedding_length') ?? embeddingShape(tensors)?.[0] ?? 0,
    vocabularySize: vocabularySize(model),
    layers,
  };
}

function layerLayouts(model: ModelHeader): LayerLayout[] {
  const { own, tensors, layers, runLayers } = model;
  const byLayer = Map.groupBy(tensors, ({ name }) => layerOf(name));
  const shapes = new Map(tensors.map(({ name, shape }) => [name, shape]));
  const caches = cacheLayouts({
    own,
    layers,
    runLayers,
    shapeOf: (layer, tensor) => shapes.get(`blk.${layer}.${tensor}`),
  });
  return caches.map((cache, layer) => {
    const members = byLayer.get(layer) ?? [];
    const { attention, dense, sharedExperts, routedExperts, other } = bytesByClass(members);
    return {
      layer,
      skipped: layer >= runLayers,
      bytes: { attention, dense, sharedExperts, routedExperts, other },
      expertBytes: expertBytes(members),
      cache,
    };
  });
}

function bytesByClass(tensors: readonly TensorInfo[]): BytesByClass {
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

function expertBytes(tensors: readonly TensorInfo[]): LayerLayout['expertBytes'] {
  const bytes = { up: 0, gate: 0, down: 0, gateUp: 0 };
  for (const { name, bytes: size } of tensors) {
    const matrix = expertMatrix(name);
    if (matrix) bytes[matrix] += size;
  }
  return bytes;
}

function activeBytes(model: ModelHeader, routed: readonly TensorInfo[]): number {
  const { shareOf } = activeShares(model, routed);
  const unused = sum(routed.map((tensor) => tensor.bytes * (1 - shareOf(tensor))));
  return Math.round(sum(model.tensors.map(({ bytes }) => bytes)) - unused);
}

function valuesBeyondWindow({ key, value, compressed, windowTokens }: LayerCache): number {
  return compressed + (windowTokens === null ? key + value : 0);
}

function cacheBytes(
  caches: readonly LayerCache[],
  valuesOf: (cache: LayerCache) => number,
): number {
  return sum(caches.map(valuesOf)) * cacheValueBytes;
}

function vocabularySize({ metadata, own, tensors }: ModelHeader): number {
  const tokens = metadata.get('tokenizer.ggml.tokens');
  return listLength(tokens) ?? own.whole('vocab_size') ?? embeddingShape(tensors)?.[1] ?? 0;
}

function listLength(value: MetadataValue | undefined): number | undefined {
  if (Array.isArray(value)) return value.length;
  return typeof value === 'object' && 'listLength' in value ? value.listLength : undefined;
}

function embeddingShape(tensors: readonly TensorInfo[]): readonly number[] | undefined {
  return tensors.find(({ name }) => name === 'token_embd.weight')?.shape;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}
