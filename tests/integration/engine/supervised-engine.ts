/** A supervised engine in a real process for a test, ended with the test. */
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { GenerateRequest, GenerationEvent } from '../../../app/contract/engine.ts';
import type { ModelToLoad } from '../../../app/core/engine/engine.ts';
import type { EngineProcess } from '../../../app/core/engine/engine-process.ts';
import { EngineSupervisor } from '../../../app/core/engine/engine-supervisor.ts';
import { nodeEngineProcess } from '../../../app/core/engine/node-engine-process.ts';
import { Log } from '../../../app/core/log.ts';
import { temporaryHome } from '../core/temporary-home.ts';

export const engineEntry = fileURLToPath(new URL('../../../app/engine/main.ts', import.meta.url));

export const starterModelPath = fileURLToPath(
  new URL('../../../resources/starter-model/starter-moe.Q8_0.gguf', import.meta.url),
);

/** A signal that never aborts. */
export const never = new AbortController().signal;

/** The engine, and the processes that it started, the newest last. */
export function supervisedEngine() {
  const processes: EngineProcess[] = [];
  const start = nodeEngineProcess(engineEntry);
  const engine = new EngineSupervisor(() => {
    const process = start();
    processes.push(process);
    return process;
  }, new Log(temporaryHome().logs));
  onTestFinished(() => engine.close());
  return { engine, processes };
}

/** The starter model on one thread, unless said otherwise. */
export function starter(request: Partial<ModelToLoad['request']> = {}): ModelToLoad {
  return modelAt(starterModelPath, request);
}

export function modelAt(path: string, request: Partial<ModelToLoad['request']> = {}): ModelToLoad {
  return {
    id: path,
    name: 'Test model',
    request: {
      path,
      contextSize: null,
      threads: 1,
      placement: null,
      stateFolder: null,
      threadChoiceLimitMs: 2000,
      ...request,
    },
  };
}

export function asking(text: string, more: Partial<GenerateRequest> = {}): GenerateRequest {
  return {
    messages: [{ role: 'user', text }],
    sampling: {},
    maxTokens: null,
    jsonSchema: null,
    routing: 'off',
    conversationId: null,
    ...more,
  };
}

export async function collect(events: AsyncIterable<GenerationEvent>) {
  const all: GenerationEvent[] = [];
  for await (const event of events) all.push(event);
  const text = all.map((event) => (event.type === 'delta' ? event.text : '')).join('');
  const finished = all.find((event) => event.type === 'finished');
  return { all, text, finished };
}
