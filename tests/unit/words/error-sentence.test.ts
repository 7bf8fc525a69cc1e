import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { errorDataByCode, type ErrorCode, type ErrorFacts } from '../../../app/contract/errors.ts';
import { errorSentence } from '../../../app/words/error-sentence.ts';

const codes = Object.keys(errorDataByCode) as ErrorCode[];

/** The first choice of a list, a number or a recognisable word. */
function sampleOf(name: string, type: z.ZodType): string | number {
  if (type instanceof z.ZodEnum) return String(type.options[0]);
  return type instanceof z.ZodNumber ? 7 : `<${name}>`;
}

/** Data with a value in each field. */
function sampleFacts(code: ErrorCode): ErrorFacts {
  const fields = Object.entries(errorDataByCode[code].shape);
  const data = fields.map(([name, type]) => [name, sampleOf(name, type as z.ZodType)]);
  return { code, data: Object.fromEntries(data) as ErrorFacts['data'] };
}

describe('the sentence for an error', () => {
  it.each(codes)('says for %s what happened and what to do, in both languages', (code) => {
    const english = errorSentence(sampleFacts(code), 'en');
    const german = errorSentence(sampleFacts(code), 'de');
    expect(english.happened).toMatch(/\.$/);
    expect(english.todo).toMatch(/\.$/);
    expect(german.happened).not.toBe(english.happened);
    expect(german.todo).not.toBe(english.todo);
    expect(JSON.stringify([english, german])).not.toMatch(/undefined|\[object|[{}]\w|!/);
  });

  it('writes sizes with units and in the language of the reader', () => {
    const facts: ErrorFacts = {
      code: 'modelTruncated',
      data: { path: 'm.gguf', expectedBytes: 17_065_792, actualBytes: 1_500_000_000 },
    };
    expect(errorSentence(facts, 'en').happened).toContain('17.1 MB and has 1.5 GB');
    expect(errorSentence(facts, 'de').happened).toContain('17,1 MB groß sein und hat 1,5 GB');
  });

  it('says why no experts were recorded', () => {
    const facts = (reason: string): ErrorFacts => ({
      code: 'routingNotRecorded',
      data: { reason },
    });
    expect(errorSentence(facts('dense'), 'en').happened).toContain('no experts');
    expect(errorSentence(facts('noNativeBuild'), 'en').happened).toContain('native');
  });

  it('gives figures for missing memory only where they explain it', () => {
    const data = { name: 'Big', neededBytes: 18_600_000_000, availableBytes: 7_200_000_000 };
    const short: ErrorFacts = { code: 'modelOutOfMemory', data };
    const refused: ErrorFacts = { code: 'modelOutOfMemory', data: { ...data, neededBytes: 1e9 } };
    expect(errorSentence(short, 'en').happened).toContain('18.6 GB of memory; 7.2 GB are free');
    expect(errorSentence(refused, 'en').happened).toBe('There is not enough memory for Big.');
    expect(errorSentence(refused, 'de').happened).not.toMatch(/GB/);
  });

  it('never shows the detail of a defect', () => {
    const facts: ErrorFacts = { code: 'internal', data: { detail: 'TypeError at x.ts:1' } };
    expect(JSON.stringify(errorSentence(facts, 'en'))).not.toContain('TypeError');
  });
});
