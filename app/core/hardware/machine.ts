/**
 * The machine as plans need it. Asking the engine for GPUs starts a process, so an answer counts for
 * some seconds; bandwidth is measured once and remembered.
 */
import { totalmem } from 'node:os';
import type { Gpu, Hardware } from '../../contract/hardware.ts';
import type { Engine } from '../engine/engine.ts';
import { describeDisk } from './disk.ts';
import type { MachineMemory } from './machine-memory.ts';
import { describeProcessor } from './processor.ts';
import { scriptBandwidth } from './script-bandwidth.ts';

/** A plan for a slider that is being moved need not ask for the GPU's free memory each time. */
const gpusKnownForMs = 10_000;

/** A load does not look for a GPU again where there was none: a new one is found the next day. */
const noGpuKnownForMs = 24 * 60 * 60 * 1000;

export interface MachineParts {
  readonly engine: Pick<Engine, 'devices' | 'bandwidth' | 'gpuBandwidth'>;
  readonly memory: MachineMemory;
  /** The folder whose disk counts. */
  readonly modelsFolder: string;
}

export class Machine {
  readonly #parts: MachineParts;
  #processor: Promise<Hardware['processor']> | undefined;
  #bandwidth: Promise<number | null> | undefined;
  #triedGpu = false;
  #gpus: { readonly until: number; readonly found: Promise<Gpu[]> } | undefined;

  constructor(parts: MachineParts) {
    this.#parts = parts;
  }

  /** The machine as it is now; takes half a second more on its first call ever. */
  async describe(): Promise<Hardware> {
    const gpus = await this.#measuredGpus(await this.#findGpus());
    // Afterwards: a process that starts beside it would make memory look slower.
    return this.#withGpus(gpus, await this.#measuredBandwidth());
  }

  /** The same without anything that a load would have to wait for. */
  async describeQuickly(): Promise<Hardware> {
    const { memory } = this.#parts;
    const gpus = memory.hadNoGpu(noGpuKnownForMs) ? [] : await this.#findGpus();
    const [first, ...others] = gpus;
    const known = first ? [this.#withBandwidth(first), ...others] : [];
    return this.#withGpus(known, memory.bandwidth());
  }

  /** A model was loaded or unloaded: the GPU's free memory is another. */
  forgetGpus(): void {
    this.#gpus = undefined;
  }

  async #withGpus(gpus: Gpu[], bandwidth: number | null): Promise<Hardware> {
    this.#processor ??= describeProcessor();
    return {
      processor: await this.#processor,
      memory: { ...availableMemory(), bandwidth },
      gpus,
      disk: await describeDisk(this.#parts.modelsFolder),
    };
  }

  #findGpus(): Promise<Gpu[]> {
    if (this.#gpus === undefined || Date.now() > this.#gpus.until) {
      const { engine, memory } = this.#parts;
      const found = engine.devices().then(
        (devices) => {
          memory.rememberGpus(devices.length);
          return devices.map((device) => ({ ...device, bandwidth: null }));
        },
        // A driver that ends the process is as good as none.
        () => [],
      );
      this.#gpus = { until: Date.now() + gpusKnownForMs, found };
    }
    return this.#gpus.found;
  }

  /** The first GPU with its bandwidth, measured once for each card. */
  async #measuredGpus([first, ...others]: readonly Gpu[]): Promise<Gpu[]> {
    const { engine, memory } = this.#parts;
    if (first === undefined) return [];
    if (memory.gpuBandwidth(first.name) === null && !this.#triedGpu) {
      this.#triedGpu = true;
      // A driver that ends the process is never asked again.
      const speed = await engine.gpuBandwidth().catch(() => 0);
      // Not remembered where it is null: the native build may be there the next time.
      if (speed !== null) memory.rememberGpuBandwidth(first.name, speed);
    }
    return [this.#withBandwidth(first), ...others];
  }

  #withBandwidth(gpu: Gpu): Gpu {
    const known = this.#parts.memory.gpuBandwidth(gpu.name) ?? 0;
    return { ...gpu, bandwidth: known > 0 ? known : null };
  }

  #measuredBandwidth(): Promise<number | null> {
    const { engine, memory } = this.#parts;
    this.#bandwidth ??= (async () => {
      const remembered = memory.bandwidth();
      if (remembered !== null) return remembered;
      const native = await engine.bandwidth().catch(() => null);
      if (native === null) return scriptBandwidth();
      // Only this one is remembered: the native build may be there the next time.
      memory.rememberBandwidth(native);
      return native;
    })();
    return this.#bandwidth;
  }
}

/** Main memory within a container's limit; without one Node names an absurdly large limit. */
export function availableMemory(): { totalBytes: number; availableBytes: number } {
  const limit = process.constrainedMemory();
  const totalBytes = limit > 0 ? Math.min(totalmem(), limit) : totalmem();
  return { totalBytes, availableBytes: Math.min(process.availableMemory(), totalBytes) };
}
