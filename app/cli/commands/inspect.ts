/** `moewe inspect`: what a model is and where its bytes are, from the header alone. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Inspection } from '../../contract/inspection.ts';
import type { Assistant } from '../../core/assistant.ts';
import { inspectModelFile } from '../../core/gguf/model-file.ts';
import { inspectRemoteModel } from '../../core/gguf/remote-model.ts';
import { isRemoteAddress } from '../../core/gguf/remote-source.ts';
import { inspectionLines } from '../inspection-lines.ts';
import type { Terminal } from '../terminal.ts';

/**
 * `inspect FILE-or-URL`; a reference may be an id of the library, too. Only then the home is opened,
 * by `openAssistant`.
 */
export async function inspect(
  reference: string,
  terminal: Terminal,
  openAssistant: () => Assistant,
): Promise<void> {
  const inspection = await inspectionFor(reference, openAssistant);
  if (terminal.json) terminal.document(inspection);
  else terminal.print(`${inspectionLines(inspection, terminal.locale).join('\n')}\n`);
}

async function inspectionFor(
  reference: string,
  openAssistant: () => Assistant,
): Promise<Inspection> {
  if (isRemoteAddress(reference)) {
    return inspectRemoteModel({ address: reference, signal: new AbortController().signal });
  }
  const path = resolve(reference);
  if (existsSync(path)) return inspectModelFile(path);
  await using assistant = openAssistant();
  const model = await assistant.resolveModel(reference);
  return await inspectModelFile(model.path);
}
