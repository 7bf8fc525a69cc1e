/**
 * Loads a GGUF file with node-llama-cpp: weights, the number of threads that suits them, and a
 * context that a conversation lives in.
 */
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { totalmem } from 'node:os';
import {
  getLlama,
  LlamaLogLevel,
  type Llama,
  type LlamaContext,
  type LlamaModel,
} from 'node-llama-cpp';
import { MoeweError } from '../contract/errors.ts';
import type { LoadEvent, LoadRequest } from '../contract/engine.ts';
import type { LoadedModel } from '../contract/models.ts';
import { availableMemory } from './available-memory.ts';
import { loadError } from './load-error.ts';
import { measureThreads } from './thread-measurement.ts';

/** A model ready to answer. It lives as long as its process. */
export interface ReadyModel {
  readonly model: LlamaModel;
  readonly context: LlamaContext;
  readonly facts: LoadedModel;
}

/**
 * Tokens to keep in view when nobody says: enough for long conversations, and small enough that the
 * KV cache of a large model stays below a gigabyte. Less where memory is short.
 */
const usualContextSize = 8192;

/** A conversation needs at least this many tokens. */
const smallestContextSize = 512;

/** llama.cpp's last words, for the reason of a failure. */
const keptMessages = 30;

/**
 * Loads as `request` says and reports progress. Errors: `modelUnsupported`, `modelNotLoadable`,
 * `modelOutOfMemory`, `engineUnavailable`, `cancelled`.
 */
export async function loadModel(
  request: LoadRequest,
  report: (event: LoadEvent) => void,
  signal: AbortSignal,
): Promise<ReadyModel> {
  const begin = performance.now();
  const messages: string[] = [];
  const llama = await openLlama(messages);
  const { path } = request;
  try {
    const fileBytes = statSync(path).size;
    requireMemory(path, fileBytes);
    const model = await llama.loadModel({
      modelPath: path,
      loadSignal: signal,
      onLoadProgress: (progress) => report({ type: 'progress', step: 'reading', progress }),
    });
    const choice = await chooseThreads(llama, model, request, report);
    signal.throwIfAborted();
    const context = await openContext(model, request.contextSize, choice.threads);
    const facts: LoadedModel = {
      threads: choice.threads,
      backend: llama.gpu === false ? 'cpu' : llama.gpu,
      contextSize: context.contextSize,
      loadMs: performance.now() - begin,
      threadSamples: [...choice.samples],
      threadChoiceMs: choice.tookMs,
      residentBytes: process.memoryUsage.rss(),
      nativeBuild: { state: 'absent', reason: 'notBuilt' },
      placement: {
        gpuLayers: 0,
        expertLayersOnCpu: 0,
        kvCacheType: 'f16',
        contextSize: context.contextSize,
        threads: choice.threads,
        mmap: true,
        expertUsedCount: null,
      },
      memory: {
        gpu: { weights: 0, kv: 0, compute: 0 },
        ram: { weights: model.size, kv: 0, compute: 0 },
      },
    };
    return { model, context, facts };
  } catch (thrown) {
    const neededBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    throw loadError(thrown, { path, neededBytes, messages, cancelled: signal.aborted });
  }
}

async function openLlama(messages: string[]): Promise<Llama> {
  try {
    return await getLlama({
      build: 'never',
      skipDownload: true,
      progressLogs: false,
      logLevel: LlamaLogLevel.warn,
      logger: (_, message) => {
        messages.push(message);
        if (messages.length > keptMessages) messages.shift();
      },
    });
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    throw new MoeweError('engineUnavailable', { detail }, { cause: thrown });
  }
}

/** Weights beyond all of the machine's memory would be read from the disk for every token. */
function requireMemory(path: string, neededBytes: number): void {
  if (neededBytes <= totalmem()) return;
  const data = { name: basename(path), neededBytes, availableBytes: availableMemory() };
  throw new MoeweError('modelOutOfMemory', data);
}

async function chooseThreads(
  llama: Llama,
  model: LlamaModel,
  { threads, threadChoiceLimitMs }: LoadRequest,
  report: (event: LoadEvent) => void,
) {
  if (threads !== 'measure') return { threads, samples: [], tookMs: 0 };
  report({ type: 'progress', step: 'measuring', progress: 0 });
  const begin = performance.now();
  const choice = await measureThreads(model, llama.cpuMathCores, threadChoiceLimitMs);
  report({ type: 'progress', step: 'measuring', progress: 1 });
  return { ...choice, tookMs: performance.now() - begin };
}

function openContext(
  model: LlamaModel,
  contextSize: number | null,
  threads: number,
): Promise<LlamaContext> {
  const trained = model.trainContextSize;
  const most = Math.min(trained, usualContextSize);
  const size = contextSize ?? { min: Math.min(smallestContextSize, most), max: most };
  return model.createContext({ contextSize: size, threads, sequences: 1 });
}
