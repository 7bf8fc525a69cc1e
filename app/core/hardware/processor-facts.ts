/** What each system's own way of asking gives. */

/** What a system told; null where it did not. */
export interface ProcessorFacts {
  readonly name: string | null;
  readonly physicalCores: number | null;
  readonly performanceCores: number | null;
  readonly efficiencyCores: number;
  readonly instructionSets: string[];
}
