/** What was measured and seen on this machine, kept so that it need not be done at every start. */
import type { Database } from '../database/database.ts';
import { machineKey } from '../models/model-key.ts';

export class MachineMemory {
  readonly #database: Database;
  readonly #machine: string;

  constructor(database: Database, machine: string = machineKey()) {
    this.#database = database;
    this.#machine = machine;
  }

  /** Bytes a second that all cores read; null if it was never measured here. */
  bandwidth(): number | null {
    const row = this.#row();
    return row?.['memory_bandwidth'] == null ? null : Number(row['memory_bandwidth']);
  }

  rememberBandwidth(bytesPerSecond: number): void {
    this.#database.run(
      `INSERT INTO machines (machine, memory_bandwidth) VALUES (?, ?)
       ON CONFLICT (machine) DO UPDATE SET memory_bandwidth = excluded.memory_bandwidth`,
      this.#machine,
      bytesPerSecond,
    );
  }

  /** Bytes a second of this GPU; 0: it can't be measured; null: it was never tried. */
  gpuBandwidth(gpu: string): number | null {
    const row = this.#row();
    return row?.['gpu'] === gpu ? Number(row['gpu_bandwidth']) : null;
  }

  rememberGpuBandwidth(gpu: string, bytesPerSecond: number): void {
    this.#database.run(
      `INSERT INTO machines (machine, gpu, gpu_bandwidth) VALUES (?, ?, ?)
       ON CONFLICT (machine) DO UPDATE SET gpu = excluded.gpu,
         gpu_bandwidth = excluded.gpu_bandwidth`,
      this.#machine,
      gpu,
      bytesPerSecond,
    );
  }

  /** True if no GPU was found when it was looked for, less than `withinMs` ago. */
  hadNoGpu(withinMs: number): boolean {
    const row = this.#row();
    if (row?.['gpus'] !== 0) return false;
    return Date.now() - Number(row['gpus_looked_at']) < withinMs;
  }

  rememberGpus(count: number): void {
    this.#database.run(
      `INSERT INTO machines (machine, gpus, gpus_looked_at) VALUES (?, ?, ?)
       ON CONFLICT (machine) DO UPDATE SET gpus = excluded.gpus,
         gpus_looked_at = excluded.gpus_looked_at`,
      this.#machine,
      count,
      Date.now(),
    );
  }

  #row() {
    return this.#database.row('SELECT * FROM machines WHERE machine = ?', this.#machine);
  }
}
