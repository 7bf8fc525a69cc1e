/** Decode speed of the starter model through the engine's process, with one and the chosen threads. */
import { fileURLToPath } from 'node:url';
import type { GenerateRequest } from '../../app/contract/engine.ts';
import { EngineSupervisor } from '../../app/core/engine/engine-supervisor.ts';
import { nodeEngineProcess } from '../../app/core/engine/node-engine-process.ts';
import { Log } from '../../app/core/log.ts';
import { median } from './median.ts';

const place = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const never = new AbortController().signal;
const runs = 5;

/** An answer of several hundred tokens: this sampling and seed do not end early. */
const longAnswer: GenerateRequest = {
  messages: [{ role: 'user', text: 'Tell me' }],
  sampling: { temperature: 5, topK: 400, topP: 1, minP: 0, seed: 3 },
  maxTokens: 400,
  jsonSchema: null,
  routing: 'off',
  conversationId: null,
};

export interface EngineBench {
  readonly tokensPerSecond: number;
  readonly chosenTokensPerSecond: number;
  readonly chosenThreads: number;
  readonly threadChoiceMs: number;
  readonly residentBytes: number;
}

/** Medians of five runs; the two ways take turns, so that the machine's moods hit both alike. */
export async function benchEngine(): Promise<EngineBench> {
  const one = await openEngine(1);
  const chosen = await openEngine('measure');
  const speeds: { one: number; chosen: number }[] = [];
  for (let run = 0; run <= runs; run += 1) {
    speeds.push({ one: await decodeSpeed(one.engine), chosen: await decodeSpeed(chosen.engine) });
  }
  await one.engine.close();
  await chosen.engine.close();
  // The first run warms up.
  const counted = speeds.slice(1);
  return {
    tokensPerSecond: median(counted.map((run) => run.one)),
    chosenTokensPerSecond: median(counted.map((run) => run.chosen)),
    chosenThreads: chosen.loaded.threads,
    threadChoiceMs: chosen.loaded.threadChoiceMs,
    residentBytes: one.loaded.residentBytes,
  };
}

async function openEngine(threads: number | 'measure') {
  const start = nodeEngineProcess(place('dist/hosts/engine.mjs'));
  const engine = new EngineSupervisor(start, new Log(place('bench/logs')));
  const path = place('resources/starter-model/starter-moe.Q8_0.gguf');
  const request = {
    path,
    contextSize: null,
    threads,
    placement: null,
    stateFolder: null,
    threadChoiceLimitMs: 2000,
  };
  const model = { id: 'starter', name: 'starter', request };
  return { engine, loaded: await engine.load(model, () => undefined, never) };
}

async function decodeSpeed(engine: EngineSupervisor): Promise<number> {
  for await (const event of engine.generate(longAnswer, never)) {
    if (event.type === 'finished') return event.stats.tokensPerSecond;
  }
  return 0;
}
