/**
 * How fast a layout decodes: every token reads its active weights once, and memory is what limits
 * that. Pure.
 */
import type { Hardware } from '../../contract/hardware.ts';
import type { Inspection } from '../../contract/inspection.ts';
import type { Placement, Plan } from '../../contract/plans.ts';
import { usableGpus } from './budget.ts';
import { layerPlaces, type Layout } from './layout.ts';
import { cacheBytes } from './memory-need.ts';
import type { ModelWeights } from './model-weights.ts';

/** A speed that was really reached, and with what. */
export interface MeasuredSpeed {
  readonly placement: Placement;
  readonly tokensPerSecond: number;
}

/** What a prediction depends on. */
export interface SpeedQuestion {
  readonly inspection: Inspection;
  readonly model: ModelWeights;
  readonly hardware: Hardware;
  readonly layout: Layout;
  readonly threads: number;
  readonly expertUsedCount: number | null;
  /** Share of main memory's weights that does not fit and is read from the disk each time, 0 to 1. */
  readonly diskShare: number;
}

/** Bytes a second where nothing was measured: two channels of DDR4. */
const assumedMemoryBandwidth = 30e9;

/** A graphics card with memory of its own against main memory, when it can't be measured. */
const assumedGpuFactor = 10;
const leastGpuFactor = 4;
const mostGpuFactor = 25;

/**
 * What decoding reaches of a bandwidth that a plain read has. With files of real shape on two cores
 * it was 0.93 to 1.33; the plain read itself varied as much.
 */
const memoryEfficiency = 1;
const gpuEfficiency = 0.6;

/** One core unpacks about this many bytes of quantized weights a second. */
const bytesPerThread = 16e9;

const diskBandwidth = { solidState: 1.5e9, rotating: 0.12e9, network: 0.1e9, unknown: 0.5e9 };

/** Seconds that a layer costs beside reading: starting its operations, waiting for all threads. */
const layerSeconds = { cpu: 20e-6, gpu: 10e-6, crossing: 40e-6 };

/**
 * The conversation that speeds are given for. The cache's type and the context's size do not count:
 * what a smaller type saves in reading it costs in unpacking.
 */
const conversationTokens = 512;

interface Reading {
  readonly ram: number;
  readonly gpu: number;
  readonly seconds: number;
}

/** Seconds a token; `gpuFactor` is taken only for a card whose bandwidth is unknown. */
export function secondsPerToken(question: SpeedQuestion, gpuFactor = assumedGpuFactor): number {
  const { hardware, threads, diskShare } = question;
  const reading = readingOf(question);
  const memory = hardware.memory.bandwidth ?? assumedMemoryBandwidth;
  const ramBandwidth = Math.min(memory * memoryEfficiency, threads * bytesPerThread);
  const gpuBandwidth = gpuBandwidthOf(hardware, memory, gpuFactor) * gpuEfficiency;
  const disk = diskBandwidth[hardware.disk.kind];
  return (
    (reading.ram * (1 - diskShare)) / ramBandwidth +
    (reading.ram * diskShare) / Math.min(disk, ramBandwidth) +
    reading.gpu / gpuBandwidth +
    reading.seconds
  );
}

/** The speed of a plan with its range, corrected by what was measured with this model. */
export function speedOf(question: SpeedQuestion, measured: MeasuredSpeed | null): Plan['speed'] {
  const correction = measured === null ? null : correctionBy(measured, question);
  const unknownGpu =
    question.layout.gpuLayers > 0 &&
    usableGpus(question.hardware).every(({ bandwidth }) => bandwidth === null);
  const at = (gpuFactor?: number) =>
    (correction?.factor ?? 1) / secondsPerToken(question, gpuFactor);
  const spread = correction?.spread ?? { low: 0.55, high: 1.4 };
  const slowest = unknownGpu && correction === null ? at(leastGpuFactor) : at();
  const fastest = unknownGpu && correction === null ? at(mostGpuFactor) : at();
  return {
    tokensPerSecond: at(),
    low: slowest * spread.low * (question.diskShare > 0 ? 0.4 : 1),
    high: fastest * spread.high,
    basis: correction === null ? 'bandwidth' : 'measured',
  };
}

/** Bytes that one token reads in both places. */
export function readingOf(question: Omit<SpeedQuestion, 'hardware' | 'threads'>): Reading {
  const { inspection, model, layout, expertUsedCount } = question;
  const { count, used } = inspection.experts;
  const share = count === 0 ? 1 : Math.min(1, (expertUsedCount ?? used) / count);
  const cache = { contextSize: conversationTokens, kvCacheType: 'f16' } as const;
  const places = layerPlaces(model, layout);
  const reading = { ram: 0, gpu: 0, seconds: 0 };
  model.layers.forEach((layer, index) => {
    const { onGpu, expertsOnGpu } = places[index] ?? { onGpu: false, expertsOnGpu: false };
    const experts = layer.routedExperts * share;
    reading[onGpu ? 'gpu' : 'ram'] +=
      layer.attention + layer.sharedExperts + layer.rest + cacheBytes(layer, cache);
    reading[expertsOnGpu ? 'gpu' : 'ram'] += experts;
    reading.seconds += onGpu ? layerSeconds.gpu : layerSeconds.cpu;
    if (onGpu && !expertsOnGpu && experts > 0) reading.seconds += layerSeconds.crossing;
  });
  reading[layout.gpuLayers > 0 ? 'gpu' : 'ram'] += model.output + model.outside;
  // Of the table a token reads one row.
  reading.ram += model.tokenEmbedding / Math.max(1, inspection.vocabularySize);
  return reading;
}

function gpuBandwidthOf(hardware: Hardware, memory: number, factor: number): number {
  const [gpu] = usableGpus(hardware);
  if (gpu?.bandwidth) return gpu.bandwidth;
  // A GPU that shares the main memory reads it as fast as the cores do.
  return gpu?.unified === true ? memory : memory * factor;
}

/** What was measured against what is predicted for the same placement. */
function correctionBy({ placement, tokensPerSecond }: MeasuredSpeed, question: SpeedQuestion) {
  const { layout, threads } = question;
  const expected =
    1 /
    secondsPerToken({
      ...question,
      layout: placement,
      threads: placement.threads,
      expertUsedCount: placement.expertUsedCount,
      diskShare: 0,
    });
  const same =
    placement.gpuLayers === layout.gpuLayers &&
    placement.expertLayersOnCpu === layout.expertLayersOnCpu &&
    placement.threads === threads &&
    placement.expertUsedCount === question.expertUsedCount;
  return {
    factor: Math.min(10, Math.max(0.1, tokensPerSecond / expected)),
    spread: same ? { low: 0.85, high: 1.15 } : { low: 0.7, high: 1.3 },
  };
}
