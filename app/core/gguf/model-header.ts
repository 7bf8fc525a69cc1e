/** The headers of all files of a model as one. */
import { HeaderDamage } from './header-damage.ts';
import type { GgufHeader, MetadataValue, TensorInfo } from './header.ts';
import { OwnMetadata } from './own-metadata.ts';
import { layerOf } from './tensor-class.ts';

export interface ModelHeader {
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  readonly own: OwnMetadata;
  readonly tensors: readonly TensorInfo[];
  /** Layers of the file: as many as it says, or as its tensors show. */
  readonly layers: number;
  /** Layers that generate text; the others predict further tokens and are not run. */
  readonly runLayers: number;
  /** Without folder and ending. */
  readonly fileName: string;
  /** Bytes of all files. */
  readonly fileBytes: number;
}

/** A file of a model. */
export interface Part {
  readonly header: GgufHeader;
  readonly bytes: number;
}

/** llama.cpp's own limit (`LLAMA_MAX_LAYERS`); beyond it, it ends its process. */
const mostLayers = 512;

/** Joins the parts; the first one carries the metadata. Throws `HeaderDamage`. */
export function modelHeader(parts: readonly Part[], fileName: string): ModelHeader {
  const [first] = parts;
  const tensors = parts.flatMap(({ header }) => header.tensors);
  if (!first || tensors.length === 0) throw new HeaderDamage('it holds no weights');
  requireOnce(tensors);
  const { metadata } = first.header;
  const own = new OwnMetadata(metadata);
  const shown = tensors.reduce((most, { name }) => Math.max(most, (layerOf(name) ?? -1) + 1), 0);
  const layers = own.whole('block_count') ?? shown;
  if (layers > mostLayers || shown > mostLayers) {
    throw new HeaderDamage(`it claims ${Math.max(layers, shown)} layers`);
  }
  const fileBytes = parts.reduce((total, part) => total + part.bytes, 0);
  const runLayers = layers - skippedLayers(own, layers, tensors);
  return { metadata, own, tensors, layers, runLayers, fileName, fileBytes };
}

/** Parameters of a tensor. */
export function parametersOf({ shape }: TensorInfo): number {
  return shape.reduce((product, size) => product * size, 1);
}

function skippedLayers(own: OwnMetadata, layers: number, tensors: readonly TensorInfo[]): number {
  const claimed = own.whole('nextn_predict_layers') ?? 0;
  if (claimed > layers) throw new HeaderDamage(`${claimed} of its ${layers} layers only predict`);
  // DeepSeek V4 files may name such layers and not have them.
  const probe = `blk.${layers - claimed}.nextn.eh_proj.weight`;
  const isThere = tensors.some(({ name }) => name === probe);
  return own.architecture === 'deepseek4' && !isThere ? 0 : claimed;
}

function requireOnce(tensors: readonly TensorInfo[]): void {
  const names = new Set<string>();
  for (const { name } of tensors) {
    if (names.has(name)) {
      throw new HeaderDamage(`the tensor ${JSON.stringify(name)} stands in two of its files`);
    }
    names.add(name);
  }
}
