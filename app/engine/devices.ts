/** What the machine offers to llama.cpp besides its cores, and how fast it reads memory. */
import { availableParallelism } from 'node:os';
import type { Gpu } from '../contract/hardware.ts';
import { openLlama } from './native-build.ts';

/** More than the caches of any desktop processor hold. */
const measuredBytes = 512 * 1024 * 1024;

const measuringMs = 400;

/** Beyond the caches of graphics cards, and little of their memory. */
const measuredGpuBytes = 128 * 1024 * 1024;

const measuringGpuMs = 200;

/** The graphics processors that llama.cpp sees. */
export async function gpuDevices(): Promise<Omit<Gpu, 'bandwidth'>[]> {
  const { llama, native } = await openLlama(() => undefined);
  if (native !== null) {
    return native.devices().map(({ description, backend, ...device }) => ({
      ...device,
      name: description,
      backend: backend.toLowerCase(),
    }));
  }
  if (llama.gpu === false) return [];
  const [names, memory] = await Promise.all([llama.getGpuDeviceNames(), llama.getVramState()]);
  const name = names.join(', ');
  const { total: totalBytes, free: freeBytes, unifiedSize } = memory;
  return [{ name, backend: llama.gpu, totalBytes, freeBytes, unified: unifiedSize >= totalBytes }];
}

/** Bytes a second; null without the native build. */
export async function memoryBandwidth(): Promise<number | null> {
  const { native } = await openLlama(() => undefined);
  if (native === null) return null;
  return native.measureBandwidth(measuredBytes, availableParallelism(), measuringMs);
}

/**
 * Bytes a second that the first graphics processor moves within its own memory; null without one,
 * without the native build, or where too little of its memory is free.
 */
export async function gpuBandwidth(): Promise<number | null> {
  const { native } = await openLlama(() => undefined);
  const [gpu] = native?.devices() ?? [];
  if (!native || !gpu || gpu.freeBytes < 4 * measuredGpuBytes) return null;
  return (await native.measureGpuBandwidth(0, measuredGpuBytes, measuringGpuMs)) || null;
}
