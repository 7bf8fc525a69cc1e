/** How long it takes to look into a header with a large vocabulary, and to plan from it. */
import { planPlacement } from '../../app/core/plan/plan-placement.ts';
import { inspectModelFile } from '../../app/core/gguf/model-file.ts';
import { gigabyte, machine } from '../unit/core/plan/example-models.ts';
import { median } from './median.ts';

const runs = 15;

/** Milliseconds, medians. */
export interface HeaderBench {
  readonly vocabularySize: number;
  readonly inspectMs: number;
  readonly planMs: number;
}

/** Looks into the file at `path` again and again. */
export async function benchHeader(path: string): Promise<HeaderBench> {
  // A card that holds a part of the model: every layout is looked at.
  const hardware = machine(32 * gigabyte, 8 * gigabyte);
  const times: { inspectMs: number; planMs: number; vocabularySize: number }[] = [];
  for (let run = 0; run < runs; run += 1) {
    const begin = performance.now();
    const inspection = await inspectModelFile(path);
    const inspected = performance.now();
    planPlacement({ inspection, hardware, wishes: {}, threads: null, measured: null });
    times.push({
      inspectMs: inspected - begin,
      planMs: performance.now() - inspected,
      vocabularySize: inspection.vocabularySize,
    });
  }
  return {
    vocabularySize: times[0]?.vocabularySize ?? 0,
    inspectMs: median(times.map(({ inspectMs }) => inspectMs)),
    planMs: median(times.map(({ planMs }) => planMs)),
  };
}
