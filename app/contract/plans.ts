/** Where a model's parts should live on this machine, what that takes, and how fast it will be. */
import { z } from 'zod';
import { call } from './call.ts';

const bytes = z.number().int().nonnegative();

/** The types of the KV cache that are offered, the most exact first. */
export const kvCacheType = z.enum(['f16', 'q8_0', 'q4_0']);
export type KvCacheType = z.infer<typeof kvCacheType>;

/** Where everything goes. What the engine is told, and what a person can change. */
export const placement = z.object({
  /** Layers whose attention, shared experts, router and KV cache are on the GPU, from the last. */
  gpuLayers: z.number().int().nonnegative(),
  /** Of the GPU's layers, how many keep their routed experts in main memory (`--n-cpu-moe`). */
  expertLayersOnCpu: z.number().int().nonnegative(),
  kvCacheType,
  contextSize: z.number().int().positive(),
  threads: z.number().int().positive(),
  /** True: weights in main memory are the mapped file itself. */
  mmap: z.boolean(),
  /** Experts that work on each token; null: as many as the file says. */
  expertUsedCount: z.number().int().positive().nullable(),
});
export type Placement = z.infer<typeof placement>;

/** What a person (or the command line) fixes; everything else is chosen. */
export const planWishes = z
  .object({
    ...placement.shape,
    /** Count as if the machine had this much memory available. */
    ramBytes: bytes,
    /** Count as if the GPU had this much memory free; 0: as if there were none. */
    vramBytes: bytes,
  })
  .partial();
export type PlanWishes = z.infer<typeof planWishes>;

/** Bytes in one place by what they are for, the parts of the bar *Where it lives*. */
export const placeUse = z.object({
  attention: bytes,
  sharedExperts: bytes,
  routedExperts: bytes,
  /** Dense layers, embeddings, routers, norms. */
  otherWeights: bytes,
  kv: bytes,
  compute: bytes,
});
export type PlaceUse = z.infer<typeof placeUse>;

/** A reason in data; interfaces make a sentence of it. */
export const planReason = z.object({
  code: z.enum([
    'wholeModelOnGpu',
    'someExpertsInMemory',
    'allExpertsInMemory',
    'someLayersOnGpu',
    'noGpu',
    'gpuTooSmall',
    'gpuNotUsable',
    'kvCacheExact',
    'kvCacheSmaller',
    'contextAsWished',
    'contextUsual',
    'contextOfModel',
    'contextSmaller',
    'threadsMeasured',
    'threadsOfCores',
    'mappedFile',
    'readIntoMemory',
    'fitsComfortably',
    'fitsTightly',
    'memoryTooSmall',
    'speedFromBandwidth',
    'speedMeasured',
    'expertsChanged',
    'fixedByPerson',
  ]),
  data: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type PlanReason = z.infer<typeof planReason>;

/** Something that would help a model that does not fit. */
export const planRemedy = z.object({
  kind: z.enum([
    'smallerContext',
    'smallerKvCache',
    'smallerQuantization',
    'fewerGpuLayers',
    'moreMemory',
  ]),
  data: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type PlanRemedy = z.infer<typeof planRemedy>;

const share = z.object({ weights: bytes, kv: bytes, compute: bytes });

export const plan = z.object({
  fits: z.boolean(),
  comfort: z.enum(['comfortably', 'tightly', 'not']),
  placement,
  memory: z.object({ gpu: share, ram: share, disk: bytes }),
  /** The same by class of weights. `disk`: what has to be read again and again. */
  use: z.object({ gpu: placeUse, ram: placeUse, disk: placeUse }),
  /** What the places have: what was available when the plan was made. */
  available: z.object({ gpu: bytes, ram: bytes }),
  speed: z.object({
    tokensPerSecond: z.number().nonnegative(),
    low: z.number().nonnegative(),
    high: z.number().nonnegative(),
    /** `bandwidth`: from active bytes and measured bandwidth; `measured`: corrected by the last run. */
    basis: z.enum(['bandwidth', 'measured']),
  }),
  /** `formula`, or `llamaCpp` where llama.cpp itself counted its buffers without reading weights. */
  memoryBasis: z.enum(['formula', 'llamaCpp']),
  reasons: z.array(planReason),
  remedies: z.array(planRemedy),
  /** The largest values that the interface's controls can take. */
  limits: z.object({
    layers: z.number().int().nonnegative(),
    expertLayers: z.number().int().nonnegative(),
    contextSize: z.number().int().positive(),
    threads: z.number().int().positive(),
    expertCount: z.number().int().nonnegative(),
  }),
});
export type Plan = z.infer<typeof plan>;

/** What llama.cpp reports of its buffers, on the GPU and in main memory, in bytes. */
export const memoryReport = z.object({ gpu: share, ram: share });
export type MemoryReport = z.infer<typeof memoryReport>;

export const plansContract = {
  /** The fastest placement that fits, with what is wished kept as it is. */
  ofModel: call(z.object({ id: z.string(), wishes: planWishes.default({}) }), plan),
  /**
   * Remembers what the person fixed for a model (an empty object: nothing); the next load uses it.
   */
  keepWishes: call(z.object({ id: z.string(), wishes: planWishes }), plan),
} as const;
