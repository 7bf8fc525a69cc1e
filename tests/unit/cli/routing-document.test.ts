import { describe, expect, it } from 'vitest';
import type { RoutingRecord } from '../../../app/contract/routing.ts';
import { routingDocument } from '../../../app/cli/routing-document.ts';
import { routingText } from '../../../app/cli/routing-text.ts';

const model = {
  id: 'm',
  name: 'Small',
  architecture: 'deepseek',
  parameters: { total: 2, active: 1 },
  experts: { count: 4, used: 2, shared: 0 },
};

function record(text: string, role: 'prompt' | 'answer', experts: number[]): RoutingRecord {
  return {
    layers: [1, 3],
    expertCount: 4,
    usedCount: 2,
    tokens: [{ text, role }],
    experts: Buffer.from(experts.flatMap((expert) => [expert, 0])).toString('base64'),
    weights: '',
  };
}

const records = [record('Hi', 'prompt', [0, 1, 2, 3]), record('\n', 'answer', [0, 2, 3, 1])];

describe('the document of routing', () => {
  it('lists tokens with their experts and counts them for each layer', () => {
    expect(routingDocument(model, records)).toEqual({
      model,
      layers: [
        { layer: 1, counts: [2, 1, 1, 0] },
        { layer: 3, counts: [0, 1, 1, 2] },
      ],
      tokens: [
        { text: 'Hi', role: 'prompt', experts: { '1': [0, 1], '3': [2, 3] } },
        { text: '\n', role: 'answer', experts: { '1': [0, 2], '3': [3, 1] } },
      ],
    });
  });

  it('is empty when nothing was evaluated', () => {
    expect(routingDocument(null, [])).toEqual({ model: null, layers: [], tokens: [] });
  });
});

describe('the text of routing', () => {
  it('shows the busiest experts and a line for each token', () => {
    expect(routingText(routingDocument(model, records), 'en').split('\n')).toEqual([
      'Small: 2 layers with 4 experts each, 2 of them for every token.',
      'Tokens evaluated: 1 of the prompt, 1 of the answer.',
      '',
      "The experts that worked most, with their share of a layer's work:",
      '  Layer 1: 0 (50 %), 1 (25 %), 2 (25 %)',
      '  Layer 3: 3 (50 %), 1 (25 %), 2 (25 %)',
      '',
      'Each token with its first expert in the layers 1, 3:',
      '  prompt    0   2  "Hi"',
      String.raw`  answer    0   3  "\n"`,
      '',
    ]);
  });
});
