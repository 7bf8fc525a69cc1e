/** By what something that was found out about a model or a machine is remembered. */
import { createHash } from 'node:crypto';
import { arch, cpus, platform } from 'node:os';
import type { Model } from '../../contract/models.ts';

/** A changed file is another model; a moved one is not. */
export function modelKey({ path, bytes }: Pick<Model, 'path' | 'bytes'>): string {
  return `${path.split(/[\\/]/).at(-1) ?? path} ${bytes}`;
}

/** The same for the same processor, number of cores and system. */
export function machineKey(): string {
  const processors = cpus();
  const facts = [platform(), arch(), processors.length, processors[0]?.model ?? ''];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
}
