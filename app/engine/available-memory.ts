/** Memory that a model can still have, in bytes: free or easily freed, within a container's limit. */
export function availableMemory(): number {
  return process.availableMemory();
}
