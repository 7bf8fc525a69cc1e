/**
 * What a header says about a model, in the terms of the field. Where an architecture is unknown,
 * names and shapes of its tensors still tell.
 */
import type { ModelFacts } from '../../contract/models.ts';
import { activeShares } from './active-experts.ts';
import { fileTypeNames } from './ggml-types.ts';
import type { MetadataValue, TensorInfo } from './header.ts';
import { parametersOf, type ModelHeader } from './model-header.ts';
import { textIn, type OwnMetadata } from './own-metadata.ts';
import { layerOf, tensorClass } from './tensor-class.ts';

/** Facts from the headers of all parts of a model. */
export function modelFactsOf(model: ModelHeader): ModelFacts {
  const { metadata, own, tensors, fileName } = model;
  const routed = tensors.filter(({ name }) => tensorClass(name) === 'routedExperts');
  const { count, used, shareOf } = activeShares(model, routed);
  const total = sum(tensors.map(parametersOf));
  const unused = sum(routed.map((tensor) => parametersOf(tensor) * (1 - shareOf(tensor))));
  return {
    architecture: own.architecture,
    name: textIn(metadata, 'general.name') ?? fileName,
    license: licenseOf(metadata),
    quantization: quantizationOf(metadata.get('general.file_type'), tensors),
    contextLength: own.whole('context_length') ?? 0,
    parameters: { total, active: Math.round(total - unused) },
    experts: {
      count,
      used,
      shared: count === 0 ? 0 : sharedExperts(own, tensors),
      layers: new Set(routed.map(({ name }) => layerOf(name))).size,
    },
    hasChatTemplate: textIn(metadata, 'tokenizer.chat_template') !== undefined,
  };
}

/** The name of the type that most bytes of the tensors have. */
export function usualType(tensors: readonly TensorInfo[]): string {
  const bytesByType = new Map<string, number>();
  for (const { type, bytes } of tensors) {
    bytesByType.set(type.name, (bytesByType.get(type.name) ?? 0) + bytes);
  }
  const [most] = [...bytesByType].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? 'unknown';
}

/** Publishers write `other` where the licence has no short name, and its name beside it. */
function licenseOf(metadata: ReadonlyMap<string, MetadataValue>): string | null {
  const license = textIn(metadata, 'general.license');
  const name = textIn(metadata, 'general.license.name');
  return (license === undefined || license === 'other' ? name : undefined) ?? license ?? null;
}

/**
 * Some architectures do not count their shared experts and only give their joint width, or only
 * have the tensors.
 */
function sharedExperts(own: OwnMetadata, tensors: readonly TensorInfo[]): number {
  const counted = own.whole('expert_shared_count');
  if (counted !== undefined) return counted;
  const shared = tensors.find(({ name }) => /\.ffn_(gate|up)_shexp\./.test(name));
  if (!shared) return 0;
  const width = own.largest('expert_feed_forward_length') ?? 0;
  const jointWidth = shared.shape[1] ?? 0;
  return width > 0 && jointWidth % width === 0 ? jointWidth / width : 1;
}

/** The publisher's name for the file type; without one, the type that most bytes have. */
function quantizationOf(
  fileType: MetadataValue | undefined,
  tensors: readonly TensorInfo[],
): string {
  const named = typeof fileType === 'number' ? fileTypeNames.get(fileType) : undefined;
  return named ?? usualType(tensors);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}
