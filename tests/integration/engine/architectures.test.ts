import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EnginePlacement, GenerationEvent } from '../../../app/contract/engine.ts';
import type { MemoryReport } from '../../../app/contract/plans.ts';
import type { RoutingRecord } from '../../../app/contract/routing.ts';
import { inspectModelFile } from '../../../app/core/gguf/model-file.ts';
import { cacheBytes } from '../../../app/core/plan/memory-need.ts';
import { modelWeights, sum, weightsOf } from '../../../app/core/plan/model-weights.ts';
import { routerChoices } from '../../fixtures/gguf/reference-router.ts';
import { tinyArchitectures, type TinyArchitecture } from '../../fixtures/gguf/families.ts';
import { tinySpec, writeTinyModel } from '../../fixtures/gguf/tiny-model.ts';
import { temporaryHome } from '../core/temporary-home.ts';
import { needNativeBuild } from './native-abilities.ts';
import { asking, collect, modelAt, never, supervisedEngine } from './supervised-engine.ts';

const nothing = () => undefined;
const contextSize = 512;

const inMemory = {
  gpuLayers: 0,
  expertLayersInMemory: [],
  expertMatrices: ['up', 'gate', 'down'],
  kvCacheType: 'f16',
  contextSize,
  mmap: true,
  expertUsedCount: null,
} satisfies Omit<EnginePlacement, 'architecture'>;

/** Loads a tiny model and lets it say a few words with everything recorded. */
async function run(label: TinyArchitecture) {
  const path = join(temporaryHome().folder, '..', `moewe-tiny-${label}.gguf`);
  writeTinyModel(path, label);
  const inspection = await inspectModelFile(path);
  const placement = { ...inMemory, architecture: inspection.architecture };
  const counted = await supervisedEngine().engine.estimate(path, placement);
  const { engine } = supervisedEngine();
  const loaded = await engine.load(modelAt(path, { placement, contextSize }), nothing, never);
  const request = asking('the rain', { routing: 'all', maxTokens: 6 });
  const { all, finished } = await collect(engine.generate(request, never));
  return { inspection, counted, loaded, finished, records: recordsOf(all) };
}

function recordsOf(events: readonly GenerationEvent[]): RoutingRecord[] {
  return events.flatMap((event) => (event.type === 'routing' ? [event.record] : []));
}

/** What llama.cpp counts from a header alone is what it reports after loading. */
function expectClose(reported: MemoryReport['ram'], counted: MemoryReport['ram']): void {
  expect(reported.kv).toBe(counted.kv);
  expect(Math.abs(reported.weights / counted.weights - 1)).toBeLessThan(0.08);
  expect(Math.abs(reported.compute / counted.compute - 1)).toBeLessThan(0.05);
}

describe.each(tinyArchitectures)('a model of the kind %s', (label) => {
  it('runs, takes the memory that its header tells, and shows its experts', async (context) => {
    needNativeBuild(context);
    const { inspection, counted, loaded, finished, records } = await run(label);
    const model = modelWeights(inspection);
    const cache = { contextSize, kvCacheType: 'f16' } as const;
    const kept = sum(model.layers.map((layer) => cacheBytes(layer, cache)));
    // Compressed caches are rounded up to whole blocks of cells.
    const rounding = label === 'deepseek4' ? 100_000 : 0;
    expect(loaded.memory.ram.kv - kept).toBeGreaterThanOrEqual(0);
    expect(loaded.memory.ram.kv - kept).toBeLessThanOrEqual(rounding);
    const inLayers = sum(model.layers.map(weightsOf));
    const ends = model.tokenEmbedding + (model.tied ? 0 : model.output) + model.outside;
    // llama.cpp rounds each tensor up to its alignment.
    const surplus = loaded.memory.ram.weights - inLayers - ends;
    expect(Math.abs(surplus)).toBeLessThanOrEqual(32 * inspection.layers.length * 20);
    expectClose(loaded.memory.ram, counted.ram);
    expect(finished?.stats.answerTokens).toBeGreaterThan(0);
    const layers = records[0]?.layers ?? [];
    const running = inspection.layers.filter(
      ({ skipped, bytes }) => !skipped && bytes.routedExperts > 0,
    );
    expect(layers).toEqual(running.map(({ layer }) => layer));
  });
});

describe('the routing record', () => {
  it('is what the router computes from the same weights', async (context) => {
    needNativeBuild(context);
    const { records } = await run('mixtral');
    // A random model answers with halves of letters; the prompt's tokens can be told by their text.
    const tokens = records
      .flatMap((record) => record.tokens)
      .filter(({ role }) => role === 'prompt');
    const expected = routerChoices(idsOf(tokens));
    const recorded = choicesOf(records).slice(0, tokens.length);
    expect(tokens.length).toBeGreaterThan(10);
    expect(recorded.map((token) => token.map(({ experts }) => experts))).toEqual(
      expected.map((token) => token.map(({ experts }) => experts)),
    );
    const differences = recorded.flatMap((token, index) =>
      token.flatMap(({ weights }, layer) =>
        weights.map((weight, place) =>
          Math.abs(weight - (expected[index]?.[layer]?.weights[place] ?? 0)),
        ),
      ),
    );
    expect(Math.max(...differences)).toBeLessThan(0.01);
  });
});

/** The vocabulary's numbers of the recorded texts. */
function idsOf(tokens: RoutingRecord['tokens']): number[] {
  const list = tinySpec('mixtral').metadata['tokenizer.ggml.tokens'];
  const names = list && 'texts' in list ? list.texts : [];
  const spelled = names.map((name) => name.replaceAll('Ġ', ' ').replaceAll('Ċ', '\n'));
  return tokens.map(({ text }) => spelled.indexOf(text));
}

function choicesOf(records: readonly RoutingRecord[]) {
  return records.flatMap((record) => {
    const ids = Buffer.from(record.experts, 'base64');
    const weights = Buffer.from(record.weights, 'base64');
    const { layers, usedCount, tokens } = record;
    return tokens.map((_, token) =>
      layers.map((_layer, layer) => {
        const places = Array.from({ length: usedCount }, (_place, place) => {
          return (token * layers.length + layer) * usedCount + place;
        });
        return {
          experts: places.map((place) => ids.readUInt16LE(place * 2)),
          weights: places.map((place) => (weights[place] ?? 0) / 255),
        };
      }),
    );
  });
}
