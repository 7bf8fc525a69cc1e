/** What this machine has, and how fast its memory is. */
import { z } from 'zod';
import { call } from './call.ts';

const bytes = z.number().int().nonnegative();

/** A graphics processor that the engine can use. */
export const gpu = z.object({
  name: z.string(),
  /** `cuda`, `metal` or `vulkan`. */
  backend: z.string(),
  totalBytes: bytes,
  freeBytes: bytes,
  /** True where it shares the main memory. */
  unified: z.boolean(),
  /** Bytes a second, measured; null where it could not be. */
  bandwidth: z.number().positive().nullable(),
});
export type Gpu = z.infer<typeof gpu>;

export const hardware = z.object({
  processor: z.object({
    name: z.string(),
    /** Cores that the system schedules on. */
    logicalCores: z.number().int().positive(),
    physicalCores: z.number().int().positive(),
    /** Equal to `physicalCores` where all cores are alike. */
    performanceCores: z.number().int().positive(),
    efficiencyCores: z.number().int().nonnegative(),
    /** What matters to llama.cpp, for example `AVX2`, `AVX512`, `NEON`. */
    instructionSets: z.array(z.string()),
  }),
  memory: z.object({
    totalBytes: bytes,
    /** Free or easily freed, within a container's limit. */
    availableBytes: bytes,
    /** Bytes a second that all cores read together, measured; null until it was. */
    bandwidth: z.number().positive().nullable(),
  }),
  gpus: z.array(gpu),
  /** The disk that holds the models. */
  disk: z.object({
    kind: z.enum(['solidState', 'rotating', 'network', 'unknown']),
    totalBytes: bytes,
    freeBytes: bytes,
  }),
});
export type Hardware = z.infer<typeof hardware>;

export const hardwareContract = {
  /** The machine as it is now; bandwidths are measured once and remembered. */
  describe: call(z.void(), hardware),
} as const;
