/**
 * Loads a GGUF file: weights where the placement wants them, the number of threads that suits them,
 * and a context that a conversation lives in.
 */
import { statSync } from 'node:fs';
import { totalmem } from 'node:os';
import { basename } from 'node:path';
import type { LlamaContext, LlamaModel } from 'node-llama-cpp';
import type { EnginePlacement, LoadEvent, LoadRequest } from '../contract/engine.ts';
import { MoeweError } from '../contract/errors.ts';
import type { LoadedModel } from '../contract/models.ts';
import type { MemoryReport } from '../contract/plans.ts';
import { addonContextOf, addonModelOf, addonOf, type AddonContext } from './addon.ts';
import { availableMemory } from './available-memory.ts';
import { contextParameters } from './context-parameters.ts';
import { loadError } from './load-error.ts';
import { openLlama, type OpenLlama } from './native-build.ts';
import { llamaGpuLayers, placementRules } from './placement-rules.ts';
import { measureThreads } from './thread-measurement.ts';
import { processorCores } from './thread-use.ts';

/** A model ready to answer. It lives as long as its process. */
export interface ReadyModel {
  readonly opened: OpenLlama;
  readonly model: LlamaModel;
  readonly context: ReadyContext;
  readonly facts: LoadedModel;
  /** Where other conversations' evaluated state is kept, and all that such a state depends on. */
  readonly stateFolder: string | null;
  readonly stateKey: readonly (string | number)[];
}

/** A context of the native build, which we use ourselves, or one of the library. */
export type ReadyContext =
  | { readonly kind: 'native'; readonly addonContext: AddonContext }
  | { readonly kind: 'library'; readonly context: LlamaContext };

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
  const opened = await openLlama((message) => {
    messages.push(message);
    if (messages.length > keptMessages) messages.shift();
  });
  const { path, stateFolder } = request;
  try {
    requireMemory(path, statSync(path).size);
    const model = await loadWeights(opened, request, report, signal);
    const choice = await chooseThreads(opened, model, request, report);
    signal.throwIfAborted();
    const context = await openContext(opened, model, request, choice.threads);
    const facts: LoadedModel = {
      threads: choice.threads,
      backend: await backendOf(opened, request.placement),
      contextSize: context.size,
      loadMs: performance.now() - begin,
      threadSamples: [...choice.samples],
      threadChoiceMs: choice.tookMs,
      residentBytes: process.memoryUsage.rss(),
      nativeBuild: opened.nativeBuild,
      placement: placementOf(model, request.placement, context.size, choice.threads),
      memory: memoryOf(opened, model, context.ready),
    };
    const stateKey = stateKeyOf(path, facts);
    return { opened, model, context: context.ready, facts, stateFolder, stateKey };
  } catch (thrown) {
    const neededBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    throw loadError(thrown, { path, neededBytes, messages, cancelled: signal.aborted });
  }
}

/** Where the arithmetic happens: a GPU that holds nothing of the model has no part in it. */
async function backendOf({ llama }: OpenLlama, placement: EnginePlacement | null): Promise<string> {
  if (llama.gpu === false || placement?.gpuLayers === 0) return 'cpu';
  const devices = await llama.getGpuDeviceNames();
  return devices.length === 0 ? 'cpu' : llama.gpu;
}

/** A changed file, or another context, could not read a kept state. */
function stateKeyOf(path: string, { placement, contextSize }: LoadedModel): (string | number)[] {
  const { size, mtimeMs } = statSync(path);
  const { kvCacheType, expertUsedCount } = placement;
  return [path, size, mtimeMs, contextSize, kvCacheType, expertUsedCount ?? 'all'];
}

/** Weights beyond all of the machine's memory would be read from the disk for every token. */
function requireMemory(path: string, neededBytes: number): void {
  if (neededBytes <= totalmem()) return;
  const data = { name: basename(path), neededBytes, availableBytes: availableMemory() };
  throw new MoeweError('modelOutOfMemory', data);
}

function loadWeights(
  { llama, native }: OpenLlama,
  { path, placement }: LoadRequest,
  report: (event: LoadEvent) => void,
  signal: AbortSignal,
): Promise<LlamaModel> {
  const common = {
    modelPath: path,
    loadSignal: signal,
    onLoadProgress: (progress: number) => {
      report({ type: 'progress', step: 'reading', progress });
    },
  };
  if (placement === null) return llama.loadModel(common);
  native?.setPlacement(placementRules(placement));
  return llama.loadModel({
    ...common,
    gpuLayers: llamaGpuLayers(placement),
    useMmap: placement.mmap,
    useDirectIo: false,
    // The plan has counted better than the library's estimate does.
    ignoreMemorySafetyChecks: true,
    ...overridesOf(placement),
  });
}

/** The number of experts is a value of the file that llama.cpp lets us state anew. */
function overridesOf({ architecture, expertUsedCount }: EnginePlacement) {
  if (expertUsedCount === null) return {};
  return { metadataOverrides: { [architecture]: { expert_used_count: expertUsedCount } } };
}

async function chooseThreads(
  opened: OpenLlama,
  model: LlamaModel,
  { threads, threadChoiceLimitMs }: LoadRequest,
  report: (event: LoadEvent) => void,
) {
  if (threads !== 'measure') return { threads, samples: [], tookMs: 0 };
  report({ type: 'progress', step: 'measuring', progress: 0 });
  const begin = performance.now();
  const cores = processorCores(opened.llama);
  const choice = await measureThreads(opened, model, cores, threadChoiceLimitMs);
  report({ type: 'progress', step: 'measuring', progress: 1 });
  return { ...choice, tookMs: performance.now() - begin };
}

async function openContext(
  { llama, native }: OpenLlama,
  model: LlamaModel,
  { contextSize: wished, placement }: LoadRequest,
  threads: number,
): Promise<{ ready: ReadyContext; size: number }> {
  const most = Math.min(model.trainContextSize, usualContextSize);
  const size = placement?.contextSize ?? wished;
  const kvCacheType = placement?.kvCacheType ?? 'f16';
  if (native !== null) {
    const contextSize = size ?? most;
    const parameters = { ...contextParameters(contextSize, kvCacheType), threads };
    const addonContext = new (addonOf(llama).AddonContext)(addonModelOf(model), parameters);
    if (!(await addonContext.init())) throw new Error('failed to allocate the context');
    return { ready: { kind: 'native', addonContext }, size: contextSize };
  }
  const context = await model.createContext({
    contextSize: size ?? { min: Math.min(smallestContextSize, most), max: most },
    threads,
    sequences: 1,
    flashAttention: kvCacheType === 'f16' ? 'auto' : true,
    experimentalKvCacheKeyType: kvTypeNames[kvCacheType],
    experimentalKvCacheValueType: kvTypeNames[kvCacheType],
  });
  return { ready: { kind: 'library', context }, size: context.contextSize };
}

const kvTypeNames = { f16: 'F16', q8_0: 'Q8_0', q4_0: 'Q4_0' } as const;

function placementOf(
  model: LlamaModel,
  wished: EnginePlacement | null,
  contextSize: number,
  threads: number,
): LoadedModel['placement'] {
  return {
    gpuLayers: wished?.gpuLayers ?? Math.max(0, model.gpuLayers - 1),
    expertLayersOnCpu: wished?.expertLayersInMemory.length ?? 0,
    kvCacheType: wished?.kvCacheType ?? 'f16',
    contextSize,
    threads,
    mmap: wished?.mmap ?? true,
    expertUsedCount: wished?.expertUsedCount ?? null,
  };
}

/** Without the native build context and compute buffers are told together, as `kv`. */
function memoryOf({ native }: OpenLlama, model: LlamaModel, context: ReadyContext): MemoryReport {
  if (native !== null && context.kind === 'native') {
    return native.memoryReport(context.addonContext);
  }
  const weights = addonModelOf(model).getMemoryBreakdown();
  const rest =
    context.kind === 'library'
      ? addonContextOf(context.context).getMemoryBreakdown()
      : { cpuRam: 0, gpuVram: 0 };
  return {
    gpu: { weights: weights.gpuVram, kv: rest.gpuVram, compute: 0 },
    ram: { weights: weights.cpuRam, kv: rest.cpuRam, compute: 0 },
  };
}
