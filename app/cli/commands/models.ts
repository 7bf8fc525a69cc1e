/** `moewe models …`: what there is, taking in and forgetting. */
import { resolve } from 'node:path';
import type { Model } from '../../contract/models.ts';
import type { Assistant } from '../../core/assistant.ts';
import { m } from '../../words/generated/messages.js';
import { formatBytes, formatParameters } from '../../words/numbers.ts';
import type { Terminal } from '../terminal.ts';

/** `models list`. */
export async function listModels({ client }: Assistant, terminal: Terminal): Promise<void> {
  const models = await client.models.list();
  if (terminal.json) terminal.document(models);
  else terminal.print(models.map((model) => `${line(model, terminal)}\n`).join(''));
}

/** `models add FILE`. */
export async function addModel(
  { client }: Assistant,
  path: string,
  terminal: Terminal,
): Promise<void> {
  const model = await client.models.add({ path: resolve(path) });
  if (terminal.json) terminal.document(model);
  else terminal.print(`${line(model, terminal)}\n`);
}

/** `models remove ID`. */
export async function removeModel(
  assistant: Assistant,
  reference: string,
  terminal: Terminal,
): Promise<void> {
  const model = await assistant.resolveModel(reference);
  await assistant.client.models.remove({ id: model.id });
  if (terminal.json) terminal.document(model);
  else terminal.note(m.terminal_removed({ name: model.name }, { locale: terminal.locale }));
}

function line(model: Model, { locale }: Terminal): string {
  const { id, name, bytes, state, facts } = model;
  const size = formatBytes(bytes, locale);
  return [id, name, size, stateOf(state), facts ? facts.quantization : '', active()]
    .filter((part) => part !== '')
    .join('  ');

  function stateOf(given: Model['state']): string {
    if (given === 'missing') return m.terminal_model_missing({}, { locale });
    return given === 'damaged' ? m.terminal_model_damaged({}, { locale }) : '';
  }

  function active(): string {
    if (!facts) return '';
    const { total, active: used } = facts.parameters;
    const numbers = {
      active: formatParameters(used, locale),
      total: formatParameters(total, locale),
    };
    return m.terminal_active(numbers, { locale });
  }
}
