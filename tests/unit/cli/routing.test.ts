import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../app/cli/arguments.ts';
import { routingDocument } from '../../../app/cli/commands/routing.ts';
import type { RoutingRecord } from '../../../app/contract/routing.ts';

const model = {
  id: 'm',
  name: 'M',
  architecture: 'deepseek',
  parameters: { total: 1, active: 1 },
  experts: { count: 4, used: 2, shared: 0 },
};

function record(tokens: RoutingRecord['tokens'], ids: number[]): RoutingRecord {
  const experts = Buffer.from(Uint16Array.from(ids).buffer).toString('base64');
  return { layers: [1, 5], expertCount: 4, usedCount: 2, tokens, experts, weights: '' };
}

describe('the document of moewe routing', () => {
  it('tells each token with its experts by layer, and the sums', () => {
    const document = routingDocument(model, [
      record([{ text: '<|im_start|>', role: 'prompt' }], [3, 0, 1, 2]),
      record([{ text: 'A', role: 'answer' }], [3, 1, 2, 1]),
    ]);
    expect(document.tokens).toEqual([
      { text: '<|im_start|>', role: 'prompt', experts: { '1': [3, 0], '5': [1, 2] } },
      { text: 'A', role: 'answer', experts: { '1': [3, 1], '5': [2, 1] } },
    ]);
    expect(document.layers).toEqual([
      { layer: 1, counts: [1, 1, 0, 2] },
      { layer: 5, counts: [0, 2, 2, 0] },
    ]);
  });

  it('lists the last token, which was not evaluated, without experts', () => {
    const last = record([{ text: '.', role: 'answer' }], []);
    expect(routingDocument(model, [last]).tokens).toEqual([
      { text: '.', role: 'answer', experts: {} },
    ]);
  });
});

describe('the words of moewe routing', () => {
  it('are those of asking, without the choice of keeping', () => {
    const { command } = parseArguments(['routing', 'Why?', '--max-tokens', '4']) as never;
    expect(command).toMatchObject({ name: 'routing', question: 'Why?', maxTokens: 4 });
    expect(parseArguments(['routing', 'Why?', '--no-save'])).toMatchObject({
      usage: { problem: 'badOption' },
    });
  });
});
