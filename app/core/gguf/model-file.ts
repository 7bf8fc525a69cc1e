/**
 * Reads what a model's file or files say about it, and makes sure that they are wholly there. The
 * weights are not read.
 */
import { basename, dirname, join } from 'node:path';
import type { Inspection } from '../../contract/inspection.ts';
import type { ModelFacts } from '../../contract/models.ts';
import { withFileSource } from './byte-source.ts';
import { inspectionOf } from './inspection.ts';
import { modelFactsOf } from './model-facts.ts';
import type { ModelHeader } from './model-header.ts';
import { readModelHeader } from './read-model-header.ts';

/** A model's facts and the bytes of all its files. */
export interface ModelFile {
  readonly facts: ModelFacts;
  readonly bytes: number;
}

/**
 * Reads a model; for a split one `path` is the first part. Errors: `modelFileMissing`,
 * `modelNotGguf`, `modelTruncated`, `modelDamaged`.
 */
export function readModelFile(path: string): Promise<ModelFile> {
  return readLocal(path, (model) => ({ facts: modelFactsOf(model), bytes: model.fileBytes }));
}

/** Everything that a model's files tell without their weights. Errors as above. */
export function inspectModelFile(path: string): Promise<Inspection> {
  return readLocal(path, inspectionOf);
}

function readLocal<Result>(path: string, tell: (model: ModelHeader) => Result): Promise<Result> {
  const folder = dirname(path);
  return readModelHeader(
    {
      path,
      name: basename(path),
      withPart: (name, use) => withFileSource(join(folder, name), use),
      pathOf: (name) => join(folder, name),
    },
    tell,
  );
}
