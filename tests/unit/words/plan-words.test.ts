import { describe, expect, it } from 'vitest';
import { planReason, planRemedy } from '../../../app/contract/plans.ts';
import { planReasonSentence, planRemedySentence } from '../../../app/words/plan-words.ts';

const someExperts = {
  code: 'someExpertsInMemory',
  data: { layersInMemory: 31, expertLayers: 48, gpuBytes: 8e9, neededBytes: 14e9 },
} as const;

describe('the sentence of a reason', () => {
  it('says how many layers keep their experts in memory, and why', () => {
    expect(planReasonSentence(someExperts, 'en')).toBe(
      'Experts of 31 of 48 layers in memory: the GPU has 8 GB and they need 14 GB.',
    );
    expect(planReasonSentence(someExperts, 'de')).toBe(
      'Experten von 31 der 48 Schichten im Arbeitsspeicher: Die GPU hat 8 GB, und sie brauchen 14 GB.',
    );
  });

  it('names what a person fixed', () => {
    const reason = {
      code: 'fixedByPerson',
      data: { field: 'contextSize', value: '16384' },
    } as const;
    expect(planReasonSentence(reason, 'de')).toBe('Von Ihnen festgelegt: Kontext (16.384).');
  });

  it.each(planReason.shape.code.options)('is there for %s', (code) => {
    expect(planReasonSentence({ code, data: {} }, 'en')).toMatch(/^[^{}]+\.$/);
    expect(planReasonSentence({ code, data: {} }, 'de')).toMatch(/^[^{}]+\.$/);
  });
});

describe('the sentence of a remedy', () => {
  it('says how much is missing', () => {
    const remedy = { kind: 'moreMemory', data: { place: 'ram', missingBytes: 3.2e9 } } as const;
    expect(planRemedySentence(remedy, 'en')).toBe('3.2 GB more of main memory would do.');
    expect(planRemedySentence(remedy, 'de')).toBe('3,2 GB mehr Arbeitsspeicher würden genügen.');
  });

  it.each(planRemedy.shape.kind.options)('is there for %s', (kind) => {
    expect(planRemedySentence({ kind, data: {} }, 'de')).toMatch(/^[^{}]+\.$/);
  });
});
