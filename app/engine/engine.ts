/** The handlers of the engine's contract around the one model of this process. */
import type { EngineContract, GenerationEvent, LoadEvent } from '../contract/engine.ts';
import { MoeweError } from '../contract/errors.ts';
import { EventQueue } from '../rpc/event-queue.ts';
import type { Handlers } from '../rpc/serve.ts';
import { gpuBandwidth, gpuDevices, memoryBandwidth } from './devices.ts';
import { Generator } from './generation.ts';
import { loadModel } from './load-model.ts';
import { estimateMemory } from './memory-estimate.ts';

/** Handlers for a process without a model yet. */
export function engineHandlers(): Handlers<EngineContract> {
  const stops = new Map<string, AbortController>();
  let generator: Generator | undefined;
  return {
    model: {
      load: (request, { signal }) =>
        streamOf<LoadEvent>(async (emit) => {
          if (generator) throw new MoeweError('internal', { detail: 'a model is loaded already' });
          const ready = await loadModel(request, emit, signal);
          generator = new Generator(ready);
          emit({ type: 'loaded', loaded: ready.facts });
        }),
      estimate: ({ path, placement }) => estimateMemory(path, placement),
    },
    generation: {
      run: ({ id, ...request }, { signal }) =>
        streamOf<GenerationEvent>(async (emit) => {
          if (!generator) throw new MoeweError('internal', { detail: 'no model is loaded' });
          const stop = new AbortController();
          stops.set(id, stop);
          try {
            await generator.run(request, emit, AbortSignal.any([signal, stop.signal]));
          } finally {
            stops.delete(id);
          }
        }),
      stop: ({ id }) => stops.get(id)?.abort(),
      measure: ({ promptTokens, answerTokens }) => {
        if (!generator) throw new MoeweError('internal', { detail: 'no model is loaded' });
        return generator.measure(promptTokens, answerTokens);
      },
      forget: async ({ conversationId }) => {
        await generator?.forget(conversationId);
      },
    },
    process: {
      devices: () => gpuDevices(),
      bandwidth: () => memoryBandwidth(),
      gpuBandwidth: () => gpuBandwidth(),
      memory: () => ({ residentBytes: process.memoryUsage.rss() }),
    },
  };
}

/** Runs `work` and yields what it emits while it runs. */
function streamOf<Event>(
  work: (emit: (event: Event) => void) => Promise<void>,
): AsyncIterable<Event> {
  const queue = new EventQueue<Event>();
  work((event) => queue.push(event)).then(
    () => queue.end(),
    (thrown: unknown) => queue.fail(thrown instanceof Error ? thrown : new Error(String(thrown))),
  );
  return queue;
}
