/** What is to be known of a model, as terms and values in words. */
import type { Model, ModelFacts } from '../../app/contract/models.ts';
import { m } from '../../app/words/generated/messages.js';
import { getLocale } from '../../app/words/generated/runtime.js';
import { formatBytes, formatCount, formatParameters } from '../../app/words/numbers.ts';

/** Terms with their values, the most telling first. */
export function factsOf(model: Model): [string, string][] {
  const locale = getLocale();
  const size: [string, string] = [m.fact_size(), formatBytes(model.bytes, locale)];
  if (!model.facts) return [size];
  const { parameters, experts, quantization, contextLength, license, architecture } = model.facts;
  const total = formatParameters(parameters.total, locale);
  const active = formatParameters(parameters.active, locale);
  const moe = experts.count > 0;
  return [
    [m.fact_parameters(), moe ? m.fact_active({ total, active }) : total],
    [m.fact_experts(), expertWords(experts)],
    size,
    [m.fact_quantization(), quantization],
    [m.fact_context(), m.fact_context_tokens({ tokens: formatCount(contextLength, locale) })],
    [m.fact_architecture(), architecture],
    ...(license ? [[m.fact_license(), license] as [string, string]] : []),
  ];
}

function expertWords({ count, used, shared }: ModelFacts['experts']): string {
  if (count === 0) return m.fact_experts_none();
  return shared === 0
    ? m.fact_experts_routed({ count, used })
    : m.fact_experts_used({ count, used, shared });
}
