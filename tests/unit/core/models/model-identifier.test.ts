import { describe, expect, it } from 'vitest';
import { modelIdentifier } from '../../../../app/core/models/model-identifier.ts';

const none = new Set<string>();

describe('the id of a model', () => {
  it('is made from the file name', () => {
    expect(modelIdentifier('OLMoE-1B-7B (new).Q4_K_M.gguf', none)).toBe('olmoe-1b-7b-new-.q4_k_m');
  });

  it('leaves out which part of a split file it is', () => {
    expect(modelIdentifier('big-00001-of-00003.gguf', none)).toBe('big');
  });

  it('is unique', () => {
    expect(modelIdentifier('A.gguf', new Set(['a', 'a-2']))).toBe('a-3');
  });

  it('is never empty', () => {
    expect(modelIdentifier('模型.gguf', none)).toBe('model');
  });
});
