/** `moewe plan FILE`: where a model's parts would live on this machine, and how fast it would be. */
import type { Plan, PlanWishes } from '../../contract/plans.ts';
import type { Assistant } from '../../core/assistant.ts';
import { m } from '../../words/generated/messages.js';
import { formatBytes, formatCount, formatDecimal } from '../../words/numbers.ts';
import { planReasonSentence, planRemedySentence } from '../../words/plan-words.ts';
import type { Locale } from '../../words/locale.ts';
import type { PlanOptions } from '../arguments.ts';
import type { Terminal } from '../terminal.ts';

export async function plan(
  assistant: Assistant,
  options: PlanOptions,
  terminal: Terminal,
): Promise<void> {
  const model = await assistant.resolveModel(options.file);
  const planned = await assistant.client.plans.ofModel({ id: model.id, wishes: wishesOf(options) });
  if (terminal.json) terminal.document(planned);
  else terminal.print(planText(model.name, planned, terminal.locale));
}

function wishesOf({ context, ram, vram }: PlanOptions): PlanWishes {
  return {
    ...(context === undefined ? {} : { contextSize: context }),
    ...(ram === undefined ? {} : { ramBytes: ram }),
    ...(vram === undefined ? {} : { vramBytes: vram }),
  };
}

/** The plan as a person reads it: verdict, places, speed, and why. */
export function planText(name: string, planned: Plan, locale: Locale): string {
  const { memory, available, speed } = planned;
  const reader = { locale };
  const decimal = (value: number) => formatDecimal(value, value < 9.95 ? 1 : 0, locale);
  const place = (label: string, share: Plan['memory']['gpu'], of: number) =>
    m.placement_text_place(
      {
        place: capitalized(label),
        used: formatBytes(share.weights + share.kv + share.compute, locale),
        available: formatBytes(of, locale),
        weights: formatBytes(share.weights, locale),
        kv: formatBytes(share.kv, locale),
        compute: formatBytes(share.compute, locale),
      },
      reader,
    );
  const { gpuLayers, contextSize } = planned.placement;
  const lines = [
    `${name}: ${verdict(planned, locale)}`,
    '',
    ...(gpuLayers > 0 ? [place(m.placement_place_gpu({}, reader), memory.gpu, available.gpu)] : []),
    place(m.placement_place_ram({}, reader), memory.ram, available.ram),
    ...(memory.disk > 0
      ? [m.placement_text_disk({ bytes: formatBytes(memory.disk, locale) }, reader)]
      : []),
    m.placement_text_context({ tokens: formatCount(contextSize, locale) }, reader),
    m.placement_text_speed(
      {
        speed: decimal(speed.tokensPerSecond),
        low: decimal(speed.low),
        high: decimal(speed.high),
      },
      reader,
    ),
    '',
    ...planned.reasons.map((reason) => planReasonSentence(reason, locale)),
    ...(planned.remedies.length > 0 ? ['', m.placement_text_remedies({}, reader)] : []),
    ...planned.remedies.map((remedy) => `- ${planRemedySentence(remedy, locale)}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** The names of places stand within sentences too. */
function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function verdict({ comfort }: Plan, locale: Locale): string {
  const reader = { locale };
  if (comfort === 'comfortably') return m.placement_text_comfortably({}, reader);
  return comfort === 'tightly'
    ? m.placement_text_tightly({}, reader)
    : m.placement_text_not({}, reader);
}
