/** `moewe routing`: asks, keeps nothing, and prints which experts every evaluated token took. */
import { MoeweError } from '../../contract/errors.ts';
import type { AnsweringModel } from '../../contract/models.ts';
import type { RoutingAbsence, RoutingRecord } from '../../contract/routing.ts';
import type { Assistant } from '../../core/assistant.ts';
import { interruption, showLoading } from '../answer-progress.ts';
import type { RoutingOptions } from '../arguments.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { routingDocument } from '../routing-document.ts';
import { routingText } from '../routing-text.ts';
import type { Terminal } from '../terminal.ts';

/** Runs the command. Errors: `routingNotRecorded`, and all that asking has. */
export async function routing(
  assistant: Assistant,
  options: RoutingOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const watching = new AbortController();
  void showLoading(assistant, terminal, watching.signal);
  try {
    const { model, records, stopped } = await recorded(assistant, options, interruption());
    const document = routingDocument(model, records);
    if (terminal.json) terminal.document(document);
    else terminal.print(routingText(document, terminal.locale));
    return stopped ? exitCodes.interrupted : exitCodes.done;
  } finally {
    watching.abort();
  }
}

async function recorded(
  assistant: Assistant,
  { question, model: reference, system, maxTokens }: RoutingOptions,
  signal: AbortSignal,
) {
  // A dense model is refused before it is loaded.
  const chosen = reference === undefined ? null : await assistant.resolveModel(reference);
  if (chosen?.facts?.experts.count === 0) requireRecording('dense');
  const user = { role: 'user', text: question } as const;
  const messages =
    system === undefined ? [user] : [{ role: 'system', text: system } as const, user];
  const completion = {
    messages,
    model: chosen?.id,
    sampling: {},
    maxTokens,
    routing: 'all',
  } as const;
  const records: RoutingRecord[] = [];
  let model: AnsweringModel | null = null;
  for await (const event of assistant.complete(completion, signal)) {
    if (event.type === 'started') {
      requireRecording(event.routingAbsence);
      ({ model } = event);
    }
    if (event.type === 'routing') records.push(event.record);
    if (event.type === 'finished') {
      return { model, records, stopped: event.stopReason === 'stopped' };
    }
  }
  throw new MoeweError('connectionLost', {});
}

function requireRecording(absence: RoutingAbsence | null): void {
  if (absence === 'dense' || absence === 'noNativeBuild') {
    throw new MoeweError('routingNotRecorded', { reason: absence });
  }
}
