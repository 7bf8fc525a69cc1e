/**
 * Plans for the models of the library on this machine: joins what the file says, what the machine
 * has, what a person fixed and what was measured, and lets llama.cpp count where it can.
 */
import type { EnginePlacement } from '../../contract/engine.ts';
import { MoeweError } from '../../contract/errors.ts';
import type { Hardware } from '../../contract/hardware.ts';
import type { Inspection } from '../../contract/inspection.ts';
import type { Model } from '../../contract/models.ts';
import { placement as placementSchema } from '../../contract/plans.ts';
import type { MemoryReport, Placement, Plan, PlanWishes } from '../../contract/plans.ts';
import type { Engine } from '../engine/engine.ts';
import type { Machine } from '../hardware/machine.ts';
import type { ModelLibrary } from '../models/model-library.ts';
import type { ThreadChoices } from '../models/thread-choices.ts';
import { budgetOf } from './budget.ts';
import { enginePlacementOf } from './engine-placement.ts';
import type { PlanMemory } from './plan-memory.ts';
import type { PlanQuestion } from './candidates.ts';
import { planPlacement } from './plan-placement.ts';
import { beyond, refined } from './refined-plan.ts';

/** Shorter answers say little about speed. */
const leastTokens = 32;

/** Counts of llama.cpp that are kept: a slider is moved to and fro. */
const keptReports = 256;

/** Reads what a file says; fails as `readModelFile` does. */
export type InspectFile = (path: string) => Promise<Inspection>;

/** What is loaded now: it makes room before another model is loaded. */
export interface Occupied {
  readonly memory: MemoryReport;
  readonly mmap: boolean;
}

export interface PlansParts {
  readonly library: Pick<ModelLibrary, 'resolve'>;
  readonly engine: Pick<Engine, 'estimate'>;
  readonly machine: Pick<Machine, 'describe' | 'describeQuickly'>;
  readonly memory: PlanMemory;
  readonly threadChoices: Pick<ThreadChoices, 'get'>;
  readonly inspect: InspectFile;
  /** What the loaded model holds; null: none is loaded. */
  readonly occupied: () => Occupied | null;
  /** A fixed number of threads; absent: chosen by measuring. */
  readonly threads?: number | undefined;
}

/** How a model is to be loaded. */
export interface LoadPlan {
  readonly placement: EnginePlacement;
  /** The number of threads that the person fixed; null: as it was measured. */
  readonly threads: number | null;
}

export class Plans {
  readonly #parts: PlansParts;
  readonly #reports = new Map<string, MemoryReport>();
  #placesExperts = true;

  constructor(parts: PlansParts) {
    this.#parts = parts;
  }

  /**
   * The fastest placement that fits. Wishes about the placement count instead of what was kept for
   * the model; without any, what was kept counts. Errors: `modelUnknown`, those of reading the file.
   */
  async ofModel(id: string, wishes: PlanWishes): Promise<Plan> {
    const model = await this.#parts.library.resolve(id);
    const inspection = await this.#parts.inspect(model.path);
    const hardware = this.#freed(await this.#parts.machine.describe());
    const kept = concernsPlacement(wishes) ? {} : this.#parts.memory.wishes(model);
    const question = this.#question(model, inspection, hardware, { ...kept, ...wishes });
    return this.#counted(model, question);
  }

  /** Remembers what the person fixed; the next load uses it. */
  async keepWishes(id: string, wishes: PlanWishes): Promise<Plan> {
    const model = await this.#parts.library.resolve(id);
    this.#parts.memory.keepWishes(model, wishes);
    return this.ofModel(id, {});
  }

  /** How `model` is loaded; null where its file does not say enough: then llama.cpp decides. */
  async placementFor(model: Model): Promise<LoadPlan | null> {
    try {
      const inspection = await this.#parts.inspect(model.path);
      const hardware = this.#freed(await this.#parts.machine.describeQuickly());
      const wishes = this.#parts.memory.wishes(model);
      const question = this.#question(model, inspection, hardware, wishes);
      const formula = planPlacement(question);
      // Without a GPU and with room to spare the exact count would only make the load later.
      const simple = hardware.gpus.length === 0 && formula.comfort === 'comfortably';
      const { placement } = simple ? formula : await this.#counted(model, question);
      return {
        placement: enginePlacementOf(placement, inspection),
        threads: wishes.threads ?? null,
      };
    } catch {
      return null;
    }
  }

  /** Keeps the speed of an answer, so that the next plan knows better. */
  remember(
    model: Model,
    placement: Placement,
    answer: { answerTokens: number; tokensPerSecond: number },
  ): void {
    if (answer.answerTokens < leastTokens || answer.tokensPerSecond <= 0) return;
    this.#parts.memory.rememberSpeed(model, placement, answer.tokensPerSecond);
  }

  #question(
    model: Model,
    inspection: Inspection,
    hardware: Hardware,
    wishes: PlanWishes,
  ): PlanQuestion {
    const { memory, threadChoices, threads } = this.#parts;
    return {
      inspection,
      hardware,
      // What the host fixed is as good as a person's wish, and not measured.
      wishes: threads === undefined ? wishes : { threads, ...wishes },
      threads: threadChoices.get(model),
      measured: memory.measured(model),
      placesExperts: this.#placesExperts,
    };
  }

  /**
   * Lets llama.cpp count, and plans again with what it needs beyond the formula. A machine that is
   * only supposed can't be asked.
   */
  async #counted(model: Model, question: PlanQuestion): Promise<Plan> {
    const { hardware, inspection, wishes } = question;
    const { gpu, unified } = budgetOf(hardware, wishes, { gpu: 0, ram: 0 });
    const supposed = gpu > 0 !== hardware.gpus.length > 0;
    let plan = planPlacement(question);
    for (let round = 0; round < 3; round += 1) {
      const report = supposed ? null : await this.#report(model, inspection, plan.placement);
      if (report === null) break;
      const exact = refined(plan, report, unified);
      if (exact.fits === plan.fits) return exact;
      const again = planPlacement({ ...question, reserved: beyond(plan, report) });
      // The same placement again: it is what the person wished, or nothing fits.
      if (samePlacement(again.placement, plan.placement)) {
        return { ...again, ...factsOf(exact), remedies: exact.fits ? [] : again.remedies };
      }
      plan = again;
    }
    return this.#placesExperts === (question.placesExperts ?? true)
      ? plan
      : planPlacement({ ...question, placesExperts: this.#placesExperts });
  }

  /** Null where llama.cpp can't count: without the native build, or for a file that it refuses. */
  async #report(
    model: Model,
    inspection: Inspection,
    placement: Placement,
  ): Promise<MemoryReport | null> {
    if (!this.#placesExperts) return null;
    const enginePlacement = enginePlacementOf(placement, inspection);
    const key = JSON.stringify([model.path, model.bytes, enginePlacement]);
    const known = this.#reports.get(key);
    if (known) return known;
    try {
      const report = await this.#parts.engine.estimate(model.path, enginePlacement);
      if (this.#reports.size >= keptReports) this.#reports.clear();
      this.#reports.set(key, report);
      return report;
    } catch (thrown) {
      if (thrown instanceof MoeweError && thrown.code === 'notOffered') this.#placesExperts = false;
      return null;
    }
  }

  /** The machine as it will be when the loaded model has gone. */
  #freed(hardware: Hardware): Hardware {
    const occupied = this.#parts.occupied();
    if (occupied === null) return hardware;
    const { gpu, ram } = occupied.memory;
    const onGpu = gpu.weights + gpu.kv + gpu.compute;
    // Memory of a mapped file counts as available already.
    const inRam = ram.kv + ram.compute + (occupied.mmap ? 0 : ram.weights);
    const { memory, gpus } = hardware;
    const availableBytes = Math.min(memory.totalBytes, memory.availableBytes + inRam);
    return {
      ...hardware,
      memory: { ...memory, availableBytes },
      gpus: gpus.map((one, index) =>
        index === 0 ? { ...one, freeBytes: Math.min(one.totalBytes, one.freeBytes + onGpu) } : one,
      ),
    };
  }
}

function concernsPlacement(wishes: PlanWishes): boolean {
  return Object.keys(placementSchema.shape).some((field) => field in wishes);
}

function samePlacement(one: Placement, other: Placement): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** What llama.cpp counted, for a plan that was made again and stayed as it was. */
function factsOf({ fits, comfort, memory, use, memoryBasis, reasons }: Plan) {
  return { fits, comfort, memory, use, memoryBasis, reasons };
}
