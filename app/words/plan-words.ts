/** Makes sentences of a plan's reasons and remedies. Every code has its line, or this does not compile. */
import type { PlanReason, PlanRemedy } from '../contract/plans.ts';
import { m } from './generated/messages.js';
import type { Locale } from './locale.ts';
import { formatBytes, formatCount, formatDecimal } from './numbers.ts';

type Data = PlanReason['data'];

/** A reason's data in the reader's language. */
class Values {
  readonly reader: { readonly locale: Locale };
  readonly #data: Data;

  constructor(data: Data, locale: Locale) {
    this.#data = data;
    this.reader = { locale };
  }

  number(name: string): number {
    return Number(this.#data[name] ?? 0);
  }

  text(name: string): string {
    return String(this.#data[name] ?? '');
  }

  bytes(name: string): string {
    return formatBytes(this.number(name), this.reader.locale);
  }

  count(name: string): string {
    return formatCount(this.number(name), this.reader.locale);
  }

  decimal(name: string): string {
    return formatDecimal(this.number(name), 1, this.reader.locale);
  }

  place(): string {
    const { reader } = this;
    return this.text('place') === 'gpu'
      ? m.placement_place_gpu({}, reader)
      : m.placement_place_ram({}, reader);
  }
}

type Sentences<Code extends string> = Readonly<Record<Code, (values: Values) => string>>;

const reasons: Sentences<PlanReason['code']> = {
  wholeModelOnGpu: (v) =>
    m.placement_reason_whole_model_on_gpu(
      { needed: v.bytes('neededBytes'), gpu: v.bytes('gpuBytes') },
      v.reader,
    ),
  someExpertsInMemory: (v) =>
    m.placement_reason_some_experts_in_memory(
      {
        layers: v.count('layersInMemory'),
        all: v.count('expertLayers'),
        gpu: v.bytes('gpuBytes'),
        needed: v.bytes('neededBytes'),
      },
      v.reader,
    ),
  allExpertsInMemory: (v) =>
    m.placement_reason_all_experts_in_memory(
      { gpu: v.bytes('gpuBytes'), needed: v.bytes('neededBytes') },
      v.reader,
    ),
  someLayersOnGpu: (v) =>
    m.placement_reason_some_layers_on_gpu(
      { layers: v.count('gpuLayers'), all: v.count('layers'), gpu: v.bytes('gpuBytes') },
      v.reader,
    ),
  noGpu: (v) => m.placement_reason_no_gpu({}, v.reader),
  gpuTooSmall: (v) => m.placement_reason_gpu_too_small({ gpu: v.bytes('gpuBytes') }, v.reader),
  gpuNotUsable: (v) => m.placement_reason_gpu_not_usable({ name: v.text('name') }, v.reader),
  kvCacheExact: (v) => m.placement_reason_kv_cache_exact({}, v.reader),
  kvCacheSmaller: (v) =>
    m.placement_reason_kv_cache_smaller({ type: v.text('kvCacheType') }, v.reader),
  contextAsWished: (v) =>
    m.placement_reason_context_as_wished({ tokens: v.count('contextSize') }, v.reader),
  contextUsual: (v) =>
    m.placement_reason_context_usual({ tokens: v.count('contextSize') }, v.reader),
  contextOfModel: (v) =>
    m.placement_reason_context_of_model({ tokens: v.count('contextSize') }, v.reader),
  contextSmaller: (v) =>
    m.placement_reason_context_smaller({ tokens: v.count('contextSize') }, v.reader),
  threadsMeasured: (v) =>
    m.placement_reason_threads_measured({ threads: v.count('threads') }, v.reader),
  threadsOfCores: (v) =>
    v.text('wished') === 'yes'
      ? m.placement_reason_threads_as_wished({ threads: v.count('threads') }, v.reader)
      : m.placement_reason_threads_of_cores(
          { threads: v.count('threads'), cores: v.count('performanceCores') },
          v.reader,
        ),
  mappedFile: (v) => m.placement_reason_mapped_file({}, v.reader),
  readIntoMemory: (v) => m.placement_reason_read_into_memory({}, v.reader),
  fitsComfortably: (v) => m.placement_reason_fits_comfortably(fitting(v), v.reader),
  fitsTightly: (v) => m.placement_reason_fits_tightly(fitting(v), v.reader),
  memoryTooSmall: (v) => m.placement_reason_memory_too_small(fitting(v), v.reader),
  speedFromBandwidth: (v) =>
    v.number('diskBytes') > 0
      ? m.placement_reason_speed_from_disk({ disk: v.bytes('diskBytes') }, v.reader)
      : m.placement_reason_speed_from_bandwidth(
          { bytes: formatBytes(v.number('ramBytes') + v.number('gpuBytes'), v.reader.locale) },
          v.reader,
        ),
  speedMeasured: (v) =>
    m.placement_reason_speed_measured({ speed: v.decimal('tokensPerSecond') }, v.reader),
  expertsChanged: (v) =>
    m.placement_reason_experts_changed(
      { experts: v.count('expertUsedCount'), used: v.count('used') },
      v.reader,
    ),
  fixedByPerson: (v) => m.placement_reason_fixed_by_person({ field: fixedField(v) }, v.reader),
};

const remedies: Sentences<PlanRemedy['kind']> = {
  smallerContext: (v) =>
    m.placement_remedy_smaller_context({ tokens: v.count('contextSize') }, v.reader),
  smallerKvCache: (v) =>
    m.placement_remedy_smaller_kv_cache({ type: v.text('kvCacheType') }, v.reader),
  smallerQuantization: (v) =>
    m.placement_remedy_smaller_quantization(
      {
        size: v.bytes('weightsBytes'),
        bits: v.decimal('bitsPerParameter'),
        now: v.decimal('bitsPerParameterNow'),
      },
      v.reader,
    ),
  fewerGpuLayers: (v) =>
    m.placement_remedy_fewer_gpu_layers(
      { layers: v.count('gpuLayers'), now: v.count('now') },
      v.reader,
    ),
  moreMemory: (v) =>
    m.placement_remedy_more_memory(
      { missing: v.bytes('missingBytes'), place: v.place() },
      v.reader,
    ),
};

/** One sentence that says why. */
export function planReasonSentence({ code, data }: PlanReason, locale: Locale): string {
  return reasons[code](new Values(data, locale));
}

/** One sentence that says what would help. */
export function planRemedySentence({ kind, data }: PlanRemedy, locale: Locale): string {
  return remedies[kind](new Values(data, locale));
}

function fitting(values: Values) {
  return {
    needed: values.bytes('neededBytes'),
    available: values.bytes('availableBytes'),
    place: values.place(),
  };
}

function fixedField(values: Values): string {
  const { reader } = values;
  const count = { value: values.count('value') };
  const bytes = { value: values.bytes('value') };
  const fields: Readonly<Record<string, () => string>> = {
    gpuLayers: () => m.placement_field_gpu_layers(count, reader),
    expertLayersOnCpu: () => m.placement_field_expert_layers(count, reader),
    kvCacheType: () => m.placement_field_kv_cache_type({ value: values.text('value') }, reader),
    contextSize: () => m.placement_field_context_size(count, reader),
    threads: () => m.placement_field_threads(count, reader),
    mmap: () =>
      values.text('value') === 'true'
        ? m.placement_field_mmap_on({}, reader)
        : m.placement_field_mmap_off({}, reader),
    expertUsedCount: () => m.placement_field_expert_used_count(count, reader),
    ramBytes: () => m.placement_field_ram(bytes, reader),
    vramBytes: () => m.placement_field_vram(bytes, reader),
  };
  const field = values.text('field');
  return fields[field]?.() ?? field;
}
