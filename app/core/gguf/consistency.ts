/**
 * What a header must not contradict itself in. llama.cpp ends its process on some of these, so they
 * are refused before it sees the file.
 */
import type { TensorInfo } from './header.ts';
import { HeaderDamage } from './header-damage.ts';
import type { Metadata } from './metadata.ts';
import { expertMatrix, layerOf, tensorClass } from './tensor-class.ts';

/** llama.cpp's own limits (`llama-hparams.h`, `LLAMA_MAX_LAYERS`, `LLAMA_MAX_EXPERTS`). */
const mostLayers = 512;
const mostExperts = 1024;

/** Throws `HeaderDamage` with the first contradiction. */
export function requireConsistency(metadata: Metadata, tensors: readonly TensorInfo[]): void {
  requireText(metadata);
  requireLayers(metadata, tensors);
  requireExperts(metadata, tensors);
  requireEmbedding(metadata, tensors);
}

function requireText(metadata: Metadata): void {
  if (metadata.text('general.architecture') === undefined) {
    throw new HeaderDamage('it does not name its architecture');
  }
  // Read once, so that a value of another kind is found here.
  for (const key of ['general.name', 'general.license', 'tokenizer.chat_template']) {
    metadata.text(key);
  }
}

function requireLayers(metadata: Metadata, tensors: readonly TensorInfo[]): void {
  const count = metadata.count('block_count');
  if (count === undefined) return;
  if (count === 0 || count > mostLayers) throw new HeaderDamage(`it claims ${count} layers`);
  if (metadata.count('context_length') === 0) throw new HeaderDamage('its context is empty');
  for (const { name } of tensors) {
    const layer = layerOf(name);
    if (layer !== null && layer >= count) {
      throw new HeaderDamage(`a tensor belongs to layer ${layer} of ${count}`);
    }
  }
}

function requireExperts(metadata: Metadata, tensors: readonly TensorInfo[]): void {
  const count = metadata.count('expert_count');
  const used = metadata.largest('expert_used_count');
  const routed = tensors.filter(({ name }) => tensorClass(name) === 'routedExperts');
  if (count !== undefined && count > mostExperts) {
    throw new HeaderDamage(`it claims ${count} experts`);
  }
  if (routed.length > 0 && count === 0) {
    throw new HeaderDamage('it has experts and claims to have none');
  }
  if ((count ?? 0) > 0 && used === 0) throw new HeaderDamage('it uses none of its experts');
  if (count !== undefined && used !== undefined && used > count) {
    throw new HeaderDamage(`it uses ${used} of ${count} experts`);
  }
  if (count === undefined) return;
  for (const { name, shape } of routed) {
    const joint = shape.length === 3 && expertMatrix(name) !== null;
    if (joint && shape[2] !== count && !name.includes('_chexps')) {
      throw new HeaderDamage(`${name} holds ${shape[2] ?? 0} of ${count} experts`);
    }
  }
}

function requireEmbedding(metadata: Metadata, tensors: readonly TensorInfo[]): void {
  const length = metadata.count('embedding_length');
  const embedding = tensors.find(({ name }) => name === 'token_embd.weight');
  if (length === undefined || embedding === undefined) return;
  if (length === 0 || embedding.shape[0] !== length) {
    throw new HeaderDamage(`its embedding has ${embedding.shape[0] ?? 0} of ${length} values`);
  }
  const heads = metadata.perLayer('attention.head_count');
  if (heads.length === 1 && heads[0] === 0 && !metadata.architecture.includes('mamba')) {
    const hasAttention = tensors.some(({ name }) => /\.attn_(q|qkv)\./.test(name));
    if (hasAttention) throw new HeaderDamage('its attention has no heads');
  }
}
