/** `moewe routing`: answers a question and tells which experts took each token of it. */
import { MoeweError } from '../../contract/errors.ts';
import type { AnsweringModel } from '../../contract/models.ts';
import type { RoutingRecord } from '../../contract/routing.ts';
import type { Assistant } from '../../core/assistant.ts';
import { m } from '../../words/generated/messages.js';
import { formatDecimal } from '../../words/numbers.ts';
import type { RoutingOptions } from '../arguments.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';

/** The document of the command. */
export interface RoutingDocument {
  readonly model: AnsweringModel;
  readonly layers: { readonly layer: number; readonly counts: number[] }[];
  /** `experts` by layer, the router's first choice first; none for a token that was not evaluated. */
  readonly tokens: {
    readonly text: string;
    readonly role: 'prompt' | 'answer';
    readonly experts: Readonly<Record<string, number[]>>;
  }[];
}

/**
 * Runs the command. Nothing is kept. Errors: all that asking has, and `routingNotRecorded` for a
 * dense model and where the native build is missing.
 */
export async function showRouting(
  assistant: Assistant,
  options: RoutingOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  const { question, model: reference, system, maxTokens, temperature, seed } = options;
  const user = { role: 'user', text: question } as const;
  const completion = {
    messages: system === undefined ? [user] : [{ role: 'system', text: system } as const, user],
    model: reference,
    sampling: { temperature, seed },
    maxTokens,
    routing: 'all',
  } as const;
  await requireExperts(assistant, reference);
  const records: RoutingRecord[] = [];
  let model: AnsweringModel | null = null;
  let stopped = false;
  for await (const event of assistant.complete(completion, interrupted.signal)) {
    if (event.type === 'routing') records.push(event.record);
    if (event.type === 'finished') stopped = event.stopReason === 'stopped';
    if (event.type !== 'started') continue;
    ({ model } = event);
    if (event.nativeBuild.state === 'absent') throw notRecorded(model.name, 'noNativeBuild');
  }
  if (!model) throw new MoeweError('connectionLost', {});
  if (records.length === 0 && !stopped) throw notRecorded(model.name, 'unknownRouter');
  const document = routingDocument(model, records);
  if (terminal.json) terminal.document(document);
  else terminal.print(readable(document, terminal));
  return stopped ? exitCodes.interrupted : exitCodes.done;
}

/** Puts the engine's records together. Pure. */
export function routingDocument(
  model: AnsweringModel,
  records: readonly RoutingRecord[],
): RoutingDocument {
  const [first] = records;
  const counts = new Map(
    first?.layers.map((layer) => [layer, new Array<number>(first.expertCount).fill(0)]),
  );
  const tokens = records.flatMap(({ tokens: told, layers, usedCount, experts }) => {
    const ids = Buffer.from(experts, 'base64');
    return told.map(({ text, role }, token) => {
      const ofToken: Record<string, number[]> = {};
      for (const [index, layer] of layers.entries()) {
        const begin = (token * layers.length + index) * usedCount * 2;
        if (begin >= ids.length) break;
        const chosen = Array.from({ length: usedCount }, (_, place) =>
          ids.readUInt16LE(begin + place * 2),
        );
        ofToken[String(layer)] = chosen;
        const sums = counts.get(layer);
        if (sums) for (const expert of chosen) sums[expert] = (sums[expert] ?? 0) + 1;
      }
      return { text, role, experts: ofToken };
    });
  });
  const layers = [...counts].map(([layer, sums]) => ({ layer, counts: sums }));
  return { model, layers, tokens };
}

async function requireExperts(assistant: Assistant, reference: string | undefined): Promise<void> {
  if (reference === undefined) return;
  const { name, facts } = await assistant.resolveModel(reference);
  if (facts?.experts.count === 0) throw notRecorded(name, 'dense');
}

function notRecorded(name: string, reason: 'dense' | 'noNativeBuild' | 'unknownRouter') {
  return new MoeweError('routingNotRecorded', { name, reason });
}

/** The busiest experts of each layer, then each token with its experts. */
function readable({ model, layers, tokens }: RoutingDocument, { locale }: Terminal): string {
  const evaluated = tokens.filter(({ experts }) => Object.keys(experts).length > 0).length;
  const head = m.terminal_routing_head(
    {
      name: model.name,
      count: model.experts.count,
      layers: layers.length,
      tokens: evaluated,
    },
    { locale },
  );
  const busiest = layers.map(({ layer, counts }) => {
    const shares = counts
      .map((uses, expert) => ({ expert, share: uses / Math.max(1, evaluated) }))
      .toSorted((a, b) => b.share - a.share)
      .slice(0, 5)
      .map(({ expert, share }) => `${expert} (${formatDecimal(share * 100, 0, locale)} %)`);
    const experts = shares.join(', ');
    return m.terminal_routing_layer({ layer, experts }, { locale });
  });
  const widest = Math.max(...tokens.map(({ text }) => JSON.stringify(text).length));
  const lines = tokens.map(({ text, role, experts }) => {
    const chosen = Object.entries(experts).map(([layer, ids]) => `${layer}: ${ids.join(' ')}`);
    return `${role.padEnd(6)}  ${JSON.stringify(text).padEnd(widest)}  ${chosen.join('  ')}`;
  });
  return `${[head, '', ...busiest, '', ...lines].map((line) => line.trimEnd()).join('\n')}\n`;
}
