/**
 * Refuses models whose metadata and tensors contradict each other. llama.cpp ends its process on
 * many of these (`GGML_ASSERT` in `llama_model_base::load_hparams`); here they get a reason.
 */
import { isKnownArchitecture } from './architectures.ts';
import { HeaderDamage } from './header-damage.ts';
import type { ModelHeader } from './model-header.ts';
import { layerOf, tensorClass } from './tensor-class.ts';

/** llama.cpp's own limit (`LLAMA_MAX_EXPERTS`). */
const mostExperts = 1024;

const ropeScalings = new Set(['none', 'linear', 'yarn', 'longrope']);

/** Throws `HeaderDamage` with the first contradiction. */
export function requireConsistency(model: ModelHeader): void {
  requireSizes(model);
  requireRotation(model);
  requireExpertCounts(model);
  requireExpertGroups(model);
  requireTensorShapes(model);
}

function requireSizes({ own, tensors, layers }: ModelHeader): void {
  for (const key of ['block_count', 'context_length', 'embedding_length'] as const) {
    if (own.whole(key) === 0) throw new HeaderDamage(`its ${key} is 0`);
  }
  const beyond = tensors.find(({ name }) => (layerOf(name) ?? -1) >= layers);
  if (beyond) throw new HeaderDamage(`${shown(beyond.name)} is beyond its ${layers} layers`);
}

/** Rotated positions: pairs of values, and no more than a head has. */
function requireRotation({ own, layers }: ModelHeader): void {
  const rotated = own.whole('rope.dimension_count') ?? 0;
  const [heads = 0] = own.perLayer('attention.head_count', layers) ?? [];
  const usual = heads > 0 ? Math.floor((own.whole('embedding_length') ?? 0) / heads) : 0;
  const length = own.whole('attention.key_length') ?? usual;
  if (rotated % 2 !== 0 || (length > 0 && rotated > length)) {
    throw new HeaderDamage(`it rotates ${rotated} of the ${length} values of a head`);
  }
  const scaling = own.text('rope.scaling.type');
  if (scaling !== undefined && !ropeScalings.has(scaling)) {
    throw new HeaderDamage(`it has the unknown scaling ${shown(scaling)} of positions`);
  }
}

function requireExpertCounts({ own, tensors }: ModelHeader): void {
  const count = own.whole('expert_count');
  const used = own.largest('expert_used_count');
  const hasExperts = tensors.some(({ name }) => tensorClass(name) === 'routedExperts');
  const known = isKnownArchitecture(own.architecture);
  if ((count ?? 0) > mostExperts) throw new HeaderDamage(`it claims ${count ?? 0} experts`);
  if (hasExperts && (count === 0 || (known && count === undefined))) {
    throw new HeaderDamage('it has experts and does not say how many');
  }
  if (count !== undefined && count > 0) {
    if ((used ?? 0) === 0) throw new HeaderDamage(`it uses none of its ${count} experts`);
    if ((used ?? 0) > count) {
      throw new HeaderDamage(`it uses ${used ?? 0} experts of ${count}`);
    }
  } else if (known && (used ?? 0) > 0) {
    throw new HeaderDamage(`it uses ${used ?? 0} experts and has none`);
  }
}

function requireExpertGroups({ own }: ModelHeader): void {
  const count = own.whole('expert_count') ?? 0;
  const groups = own.whole('expert_group_count') ?? 0;
  const used = own.whole('expert_group_used_count') ?? 0;
  if (groups > 0 && groups >= count) {
    throw new HeaderDamage(`its ${count} experts form ${groups} groups`);
  }
  if (groups > 1 && (count % groups !== 0 || used === 0 || used >= groups)) {
    throw new HeaderDamage(`it uses ${used} of ${groups} groups of its ${count} experts`);
  }
}

function requireTensorShapes({ own, tensors }: ModelHeader): void {
  const embedding = own.whole('embedding_length');
  const count = own.whole('expert_count');
  for (const { name, shape } of tensors) {
    if (name === 'token_embd.weight' && embedding !== undefined && shape[0] !== embedding) {
      throw new HeaderDamage(`its embeddings have ${shape[0] ?? 0} values instead of ${embedding}`);
    }
    if (!/\.ffn_(gate|up|down|gate_up)_exps\.weight$/.test(name)) continue;
    const inTensor = shape[2] ?? 1;
    if (count !== undefined && inTensor !== count) {
      throw new HeaderDamage(`${shown(name)} has ${inTensor} experts instead of ${count}`);
    }
  }
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}
