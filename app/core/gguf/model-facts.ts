/**
 * What a header says about a model, in the terms of the field. Where an architecture is unknown,
 * names and shapes of its tensors still tell.
 */
import type { ModelFacts } from '../../contract/models.ts';
import { fileTypeNames } from './ggml-types.ts';
import type { GgufHeader, TensorInfo } from './header.ts';
import { tensorClass } from './tensor-class.ts';

/** Facts from the headers of all parts of a model; the first part carries the metadata. */
export function modelFactsOf(
  { metadata }: GgufHeader,
  tensors: readonly TensorInfo[],
  fileName: string,
): ModelFacts {
  const architecture = text(metadata.get('general.architecture')) ?? 'unknown';
  const own = (key: string) => number(metadata.get(`${architecture}.${key}`));
  const routed = tensors.filter(({ name }) => tensorClass(name) === 'routedExperts');
  const count = own('expert_count') ?? expertsIn(routed);
  const used = Math.min(own('expert_used_count') ?? count, count);
  const total = sum(tensors.map(parametersOf));
  const unused = sum(routed.map(parametersOf)) * (count > 0 ? 1 - used / count : 0);
  return {
    architecture,
    name: text(metadata.get('general.name')) ?? fileName,
    license: text(metadata.get('general.license')) ?? null,
    quantization: quantizationOf(number(metadata.get('general.file_type')), tensors),
    contextLength: own('context_length') ?? 0,
    parameters: { total, active: Math.round(total - unused) },
    experts: {
      count,
      used,
      shared: count === 0 ? 0 : sharedExperts(own, tensors),
      layers: new Set(routed.map(({ name }) => layerOf(name))).size,
    },
    hasChatTemplate: metadata.has('tokenizer.chat_template'),
  };
}

/** The last size of an experts' tensor counts them. */
function expertsIn(routed: readonly TensorInfo[]): number {
  const [first] = routed.filter(({ shape }) => shape.length === 3);
  return first?.shape[2] ?? 0;
}

/**
 * Some architectures do not count their shared experts and only give their joint width, or only
 * have the tensors.
 */
function sharedExperts(
  own: (key: string) => number | undefined,
  tensors: readonly TensorInfo[],
): number {
  const counted = own('expert_shared_count');
  if (counted !== undefined) return counted;
  const shared = tensors.find(({ name }) => /\.ffn_(gate|up)_shexp\./.test(name));
  if (!shared) return 0;
  const width = own('expert_feed_forward_length') ?? 0;
  const jointWidth = shared.shape[1] ?? 0;
  return width > 0 && jointWidth % width === 0 ? jointWidth / width : 1;
}

/** The publisher's name for the file type; without one, the type that most bytes have. */
function quantizationOf(fileType: number | undefined, tensors: readonly TensorInfo[]): string {
  const named = fileType === undefined ? undefined : fileTypeNames.get(fileType);
  if (named !== undefined) return named;
  const bytesByType = new Map<string, number>();
  for (const { type, bytes } of tensors) {
    bytesByType.set(type.name, (bytesByType.get(type.name) ?? 0) + bytes);
  }
  const [most] = [...bytesByType].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? 'unknown';
}

function parametersOf({ shape }: TensorInfo): number {
  return shape.reduce((product, size) => product * size, 1);
}

function layerOf(name: string): string {
  return /^blk\.(\d+)\./.exec(name)?.[1] ?? name;
}

/** Some keys hold a list with a value for each layer; the largest one describes the model. */
function number(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (!Array.isArray(value)) return undefined;
  const numbers = value.map(Number).filter(Number.isFinite);
  return numbers.length > 0 ? Math.max(...numbers) : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}
