import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GenerationEvent } from '../../../app/contract/engine.ts';
import type { Inspection } from '../../../app/contract/inspection.ts';
import type { RoutingRecord } from '../../../app/contract/routing.ts';
import { inspectModelFile } from '../../../app/core/gguf/model-file.ts';
import { routerChoices } from '../../fixtures/gguf/reference-router.ts';
import { tinyArchitectures } from '../../fixtures/gguf/tiny-architectures.ts';
import { writeTinyModel } from '../../fixtures/gguf/tiny-models.ts';
import type { GgufSpec } from '../../fixtures/gguf/writer.ts';
import { temporaryHome } from '../core/temporary-home.ts';
import { needNativeBuild } from './native-abilities.ts';
import { asking, collect, modelAt, never, supervisedEngine } from './supervised-engine.ts';

const nothing = () => undefined;
const contextSize = 512;
const evaluatedTogether = 512;

/** Loads a tiny model and lets it say a few words with everything recorded. */
async function run(label: string) {
  const path = join(temporaryHome().folder, '..', `moewe-tiny-${label}.gguf`);
  const spec = writeTinyModel(path, label);
  const inspection = await inspectModelFile(path);
  const { engine } = supervisedEngine();
  const loaded = await engine.load(modelAt(path, { contextSize }), nothing, never);
  const request = asking('the rain', { routing: 'all', maxTokens: 6 });
  const { all, finished } = await collect(engine.generate(request, never));
  return { spec, inspection, loaded, finished, records: recordsOf(all) };
}

function recordsOf(events: readonly GenerationEvent[]): RoutingRecord[] {
  return events.flatMap((event) => (event.type === 'routing' ? [event.record] : []));
}

/** What the cache takes for the whole context: windows are kept with what is evaluated at once. */
function predictedCacheBytes({ layers }: Inspection): number {
  return layers.reduce((total, { cache }) => {
    const { key, value, windowTokens, stateBytes } = cache;
    const window = (windowTokens ?? contextSize) + evaluatedTogether;
    const cells = Math.ceil(Math.min(contextSize, window) / 256) * 256;
    return total + 2 * (key + value) * cells + stateBytes;
  }, 0);
}

function totalBytes({ bytes }: Inspection): number {
  return Object.values(bytes).reduce((total, value) => total + value, 0);
}

describe.each([...tinyArchitectures])('a model of the kind %s', (label) => {
  it('runs, takes the memory that its header tells, and shows its experts', async (context) => {
    needNativeBuild(context);
    const { inspection, loaded, finished, records } = await run(label);
    expect(loaded.memory.ram.kv).toBe(predictedCacheBytes(inspection));
    // llama.cpp rounds each tensor up to its alignment.
    const surplus = loaded.memory.ram.weights - totalBytes(inspection);
    expect(Math.abs(surplus)).toBeLessThanOrEqual(32 * inspection.layers.length * 20);
    expect(finished?.stats.answerTokens).toBeGreaterThan(0);
    const layers = records[0]?.layers ?? [];
    const running = inspection.layers.filter(({ cache, bytes }) => {
      const used = cache.key > 0 || cache.stateBytes > 0 || label === 'nemotron_h_moe';
      return used && bytes.routedExperts > 0;
    });
    expect(layers).toEqual(running.map(({ layer }) => layer));
  });
});

describe('the routing record', () => {
  it('is what the router computes from the same weights', async (context) => {
    needNativeBuild(context);
    const { spec, records } = await run('mixtral');
    const tokens = records.flatMap((record) => record.tokens);
    const expected = routerChoices(spec, idsOf(spec, tokens), 2);
    const recorded = choicesOf(records);
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

/** The vocabulary's numbers of the recorded texts; the tiny vocabulary is one byte a token. */
function idsOf({ metadata }: GgufSpec, tokens: RoutingRecord['tokens']): number[] {
  const list = metadata['tokenizer.ggml.tokens'];
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
