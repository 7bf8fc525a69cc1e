/** Places, parts and plans in the words of the interface. */
import type { Placement, Plan } from '../../app/contract/plans.ts';
import { m } from '../../app/words/generated/messages.js';
import { getLocale } from '../../app/words/generated/runtime.js';
import type { Locale } from '../../app/words/locale.ts';
import { formatBytes, formatDecimal } from '../../app/words/numbers.ts';
import type { PartName } from './place-parts.ts';

const labels: Readonly<Record<PartName, () => string>> = {
  attention: m.part_attention,
  sharedExperts: m.part_shared_experts,
  routedExperts: m.part_routed_experts,
  otherWeights: m.part_other,
  kv: m.part_kv,
  compute: m.part_compute,
};

const explained: Readonly<Record<PartName, () => string>> = {
  attention: m.part_attention_explained,
  sharedExperts: m.part_shared_experts_explained,
  routedExperts: m.part_routed_experts_explained,
  otherWeights: m.part_other_explained,
  kv: m.part_kv_explained,
  compute: m.part_compute_explained,
};

export function partLabel(name: PartName): string {
  return labels[name]();
}

export function partExplained(name: PartName): string {
  return explained[name]();
}

/** Where the parts are, as the end of a sentence: “with the experts of 31 of 48 layers in memory”. */
function placedWords(
  { gpuLayers, expertLayersOnCpu }: Pick<Placement, 'gpuLayers' | 'expertLayersOnCpu'>,
  { layers, expertLayers }: Plan['limits'],
): string {
  if (gpuLayers === 0) return m.placed_all_in_memory();
  if (gpuLayers < layers) return m.placed_layers_on_gpu({ count: gpuLayers, layers });
  if (expertLayersOnCpu === 0) return m.placed_all_on_gpu();
  return expertLayersOnCpu >= expertLayers
    ? m.placed_all_experts_in_memory()
    : m.placed_experts_in_memory({ count: expertLayersOnCpu, layers: expertLayers });
}

/** One sentence for a plan that may be tried. */
export function planSentence({ comfort, placement, limits }: Plan): string {
  const placed = placedWords(placement, limits);
  if (comfort === 'not') return m.plan_does_not_fit({ placed });
  return comfort === 'tightly' ? m.plan_fits_tightly({ placed }) : m.plan_fits({ placed });
}

/** The same for a model that is loaded: that it fits needs no word. */
export function loadedSentence(placement: Placement, limits: Plan['limits']): string {
  return m.plan_loaded({ placed: placedWords(placement, limits) });
}

/** An expected speed, from the slowest to the fastest that is likely. */
export function speedWords({ low, high }: Plan['speed']): string {
  const [from, to] = [figure(low), figure(high)];
  return from === to ? m.speed_about({ speed: to }) : m.speed_between({ low: from, high: to });
}

/** How much of a place is taken: `7.1 / 8 GB`, with the unit once where it is the same. */
export function bytesOf(used: number, available: number, locale: Locale): string {
  const [all, part] = [formatBytes(available, locale), formatBytes(used, locale)];
  const unit = / \S+$/.exec(all)?.[0] ?? '';
  const short = part.endsWith(unit) ? part.slice(0, part.length - unit.length) : part;
  return m.place_of({ used: short, available: all });
}

/** Speeds below 10 are told with a digit behind the mark. */
export function figure(speed: number): string {
  return formatDecimal(speed, speed < 10 ? 1 : 0, getLocale());
}
