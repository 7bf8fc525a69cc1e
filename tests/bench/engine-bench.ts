/**
 * Decode speed through the engine's process: each number of threads, the number that is chosen, and
 * what recording the router costs. The ways take turns, so that the machine's moods hit all alike.
 */
import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { GenerateRequest } from '../../app/contract/engine.ts';
import { EngineSupervisor } from '../../app/core/engine/engine-supervisor.ts';
import { nodeEngineProcess } from '../../app/core/engine/node-engine-process.ts';
import { Log } from '../../app/core/log.ts';
import type { LlamaBench } from './llama-bench.ts';
import { median } from './median.ts';

const place = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const never = new AbortController().signal;

/** The model that the app brings. */
export const starterModel = place('resources/starter-model/starter-moe.Q8_0.gguf');

/** An answer of several hundred tokens: this sampling and seed do not end early. */
const longAnswer: GenerateRequest = {
  messages: [{ role: 'user', text: 'Tell me' }],
  sampling: { temperature: 5, topK: 400, topP: 1, minP: 0, seed: 3 },
  maxTokens: 400,
  jsonSchema: null,
  routing: 'off',
  conversationId: null,
};

/** Speeds in tokens a second. */
export interface EngineBench {
  /** By number of threads, from 1 to the machine's cores. */
  readonly byThreads: readonly number[];
  /** The same as shares of llama-bench in the same round; empty without it. */
  readonly toLlamaBench: readonly number[];
  readonly chosenThreads: number;
  readonly threadChoiceMs: number;
  /** The chosen number of threads while routing is recorded, as a share of the same without. */
  readonly recordingShare: number;
  readonly residentBytes: number;
}

/** How one way is measured once. */
type Measure = (engine: EngineSupervisor, routing: GenerateRequest['routing']) => Promise<number>;

/** The starter model with real answers. */
export function benchStarter(yardstick: Yardstick): Promise<EngineBench> {
  return benchEngine(starterModel, 9, answerSpeed, yardstick);
}

/** A model whose words mean nothing: tokens are counted, whatever they say. */
export function benchHollow(
  path: string,
  answerTokens: number,
  yardstick: Yardstick,
): Promise<EngineBench> {
  const measure: Measure = async (engine, routing) =>
    routing === 'off' ? (await engine.measure(16, answerTokens)).tokensPerSecond : 0;
  return benchEngine(path, 4, measure, yardstick);
}

/** llama-bench with the same model, once. */
export type Yardstick = () => LlamaBench;

async function benchEngine(
  path: string,
  runs: number,
  measure: Measure,
  yardstick: Yardstick,
): Promise<EngineBench> {
  const chosen = await openEngine(path, 'measure');
  const numbers = Array.from({ length: availableParallelism() }, (_, index) => index + 1);
  const opened = [];
  for (const threads of numbers) opened.push(await openEngine(path, threads));
  const recorder = opened[chosen.loaded.threads - 1] ?? chosen;
  const rounds: { speeds: number[]; recording: number; reference: readonly number[] }[] = [];
  const calm = async (engine: EngineSupervisor, routing: GenerateRequest['routing']) => {
    // Threads of the engine before go on looking for work for a moment.
    await setTimeout(500);
    return measure(engine, routing);
  };
  for (let run = 0; run <= runs; run += 1) {
    const first = run % 2 === 0 ? await calm(recorder.engine, 'answer') : 0;
    const speeds: number[] = [];
    for (const { engine } of opened) speeds.push(await calm(engine, 'off'));
    const recording = run % 2 === 0 ? first : await calm(recorder.engine, 'answer');
    await setTimeout(500);
    rounds.push({ speeds, recording, reference: yardstick().byThreads });
  }
  for (const { engine } of [...opened, chosen]) await engine.close();
  // The first round warms up.
  const counted = rounds.slice(1);
  const byThreads = numbers.map((_, at) => median(counted.map(({ speeds }) => speeds[at] ?? 0)));
  const toLlamaBench = numbers.map((_, at) =>
    median(counted.map(({ speeds, reference }) => (speeds[at] ?? 0) / (reference[at] ?? Infinity))),
  );
  return {
    byThreads,
    toLlamaBench: counted[0]?.reference.length === 0 ? [] : toLlamaBench,
    chosenThreads: chosen.loaded.threads,
    threadChoiceMs: chosen.loaded.threadChoiceMs,
    recordingShare: median(
      counted.map(({ speeds, recording }) => recording / (speeds[chosen.loaded.threads - 1] ?? 1)),
    ),
    residentBytes: chosen.loaded.residentBytes,
  };
}

async function openEngine(path: string, threads: number | 'measure') {
  const start = nodeEngineProcess(place('dist/hosts/engine.mjs'));
  const engine = new EngineSupervisor(start, new Log(place('bench/logs')));
  const request = {
    path,
    contextSize: 2048,
    threads,
    placement: null,
    stateFolder: null,
    threadChoiceLimitMs: 2000,
  };
  const model = { id: path, name: 'bench', request };
  return { engine, loaded: await engine.load(model, () => undefined, never) };
}

async function answerSpeed(
  engine: EngineSupervisor,
  routing: GenerateRequest['routing'],
): Promise<number> {
  for await (const event of engine.generate({ ...longAnswer, routing }, never)) {
    if (event.type === 'finished') return event.stats.tokensPerSecond;
  }
  return 0;
}
