/** `moewe routing` for a person: the busiest experts of each layer, then token by token. Pure. */
import { m } from '../words/generated/messages.js';
import type { Locale } from '../words/locale.ts';
import { formatCount } from '../words/numbers.ts';
import type { RoutingDocument } from './routing-document.ts';

/** As many of a layer's experts as fit into a line of a small terminal. */
const busiestShown = 6;

/** The text, with a line break at its end. */
export function routingText(document: RoutingDocument, locale: Locale): string {
  const { layers, tokens } = document;
  const numbers = layers.map(({ layer }) => String(layer));
  const parts = [
    headLines(document, locale),
    [m.routing_most_used({}, { locale }), ...layers.map((layer) => layerLine(layer, locale))],
    [
      m.routing_each_token({ layers: numbers.join(', ') }, { locale }),
      ...tokens.map((token) => tokenLine(token, numbers, locale)),
    ],
  ];
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function headLines({ model, layers, tokens }: RoutingDocument, locale: Locale): string[] {
  const prompt = tokens.filter(({ role }) => role === 'prompt').length;
  const counts = {
    prompt: formatCount(prompt, locale),
    answer: formatCount(tokens.length - prompt, locale),
  };
  const evaluated = m.routing_tokens(counts, { locale });
  if (model === null) return [evaluated];
  const { count, used } = model.experts;
  const facts = { name: model.name, layers: layers.length, experts: count, used };
  return [m.routing_model(facts, { locale }), evaluated];
}

function layerLine({ layer, counts }: RoutingDocument['layers'][number], locale: Locale): string {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const busiest = [...counts.entries()]
    .filter(([, count]) => count > 0)
    .sort(([, one], [, other]) => other - one)
    .slice(0, busiestShown)
    .map(([expert, count]) => {
      const percent = Math.round((100 * count) / all);
      return m.routing_share({ expert, percent }, { locale });
    });
  return `  ${m.routing_layer({ layer }, { locale })}: ${busiest.join(', ')}`;
}

function tokenLine(
  { text, role, experts }: RoutingDocument['tokens'][number],
  layers: readonly string[],
  locale: Locale,
): string {
  const who =
    role === 'prompt' ? m.routing_prompt({}, { locale }) : m.routing_answer({}, { locale });
  const first = layers.map((layer) => String(experts[layer]?.[0] ?? '').padStart(3));
  // As JSON, so that a line break stays within its line.
  return `  ${who.padEnd(8)}${first.join(' ')}  ${JSON.stringify(text)}`;
}
