/** The sizes of context that the slider offers: doubled from step to step, up to the model's own. Pure. */

const least = 512;

export function contextSteps(most: number): number[] {
  const steps: number[] = [];
  for (let size = least; size < most; size *= 2) steps.push(size);
  return [...steps, Math.max(most, 1)];
}

/** The step that is nearest to a size. */
export function nearestStep(steps: readonly number[], size: number): number {
  const distances = steps.map((step) => Math.abs(Math.log2(step) - Math.log2(size)));
  return distances.indexOf(Math.min(...distances));
}
