/** An inspection as a person reads it in a terminal. Pure. */
import type { Inspection } from '../contract/inspection.ts';
import { m } from '../words/generated/messages.js';
import type { Locale } from '../words/locale.ts';
import { formatBytes, formatCount, formatDecimal, formatParameters } from '../words/numbers.ts';

/** The context for which the memory of a conversation is told, if the model can have it. */
const exampleContext = 8192;

/** A label and what stands behind it. */
type Row = readonly [label: string, value: string];

/** The lines, without line ends. */
export function inspectionLines(inspection: Inspection, locale: Locale): string[] {
  const shares = byteShares(inspection, locale);
  return [
    inspection.name,
    ...aligned(described(inspection, locale)),
    '',
    m.inspect_bytes({}, { locale }),
    ...aligned(shares).map((line) => `  ${line}`),
    '',
    ...aligned(running(inspection, locale)),
  ];
}

function described(inspection: Inspection, locale: Locale): Row[] {
  const { architecture, architectureKnown, license, contextLength } = inspection;
  const { total, active } = inspection.parameters;
  const parameters = {
    total: formatParameters(total, locale),
    active: formatParameters(active, locale),
  };
  return [
    [
      m.inspect_architecture({}, { locale }),
      architectureKnown
        ? architecture
        : m.inspect_architecture_unknown({ architecture }, { locale }),
    ],
    [m.inspect_license({}, { locale }), license ?? m.inspect_license_none({}, { locale })],
    [m.inspect_quantization({}, { locale }), quantization(inspection, locale)],
    [m.inspect_size({}, { locale }), formatBytes(inspection.fileBytes, locale)],
    [
      m.inspect_context({}, { locale }),
      m.inspect_context_value({ tokens: formatCount(contextLength, locale) }, { locale }),
    ],
    [
      m.inspect_parameters({}, { locale }),
      total === active ? parameters.total : m.inspect_parameters_value(parameters, { locale }),
    ],
    [m.inspect_experts({}, { locale }), experts(inspection, locale)],
    [
      m.inspect_template({}, { locale }),
      inspection.chatTemplate === null
        ? m.inspect_template_no({}, { locale })
        : m.inspect_template_yes({}, { locale }),
    ],
  ];
}

/** The name of the file type, and that of the experts where it does not say it anyway. */
function quantization(inspection: Inspection, locale: Locale): string {
  const { quantization: name } = inspection;
  const ofExperts = inspection.quantizationByClass['routedExperts'];
  if (ofExperts === undefined || name.startsWith(ofExperts)) return name;
  return m.inspect_quantization_value({ quantization: name, experts: ofExperts }, { locale });
}

function experts({ experts: counts }: Inspection, locale: Locale): string {
  const { count, used, shared, layers } = counts;
  if (count === 0) return m.inspect_experts_none({}, { locale });
  const words = {
    count: formatCount(count, locale),
    used: formatCount(used, locale),
    shared: formatCount(shared, locale),
    layers: formatCount(layers, locale),
  };
  if (shared === 0) return m.inspect_experts_value(words, { locale });
  return m.inspect_experts_shared_value(words, { locale });
}

function byteShares({ bytes }: Inspection, locale: Locale): Row[] {
  const all = Object.values(bytes).reduce((total, value) => total + value, 0);
  const rows: [string, number][] = [
    [m.inspect_routed_experts({}, { locale }), bytes.routedExperts],
    [m.inspect_shared_experts({}, { locale }), bytes.sharedExperts],
    [m.inspect_attention({}, { locale }), bytes.attention],
    [m.inspect_dense({}, { locale }), bytes.dense],
    [m.inspect_embedding({}, { locale }), bytes.embedding],
    [m.inspect_other({}, { locale }), bytes.other],
  ];
  return rows
    .filter(([, size]) => size > 0)
    .map(([label, size]) => {
      const percent = formatDecimal((100 * size) / all, 1, locale);
      return [label, m.inspect_share({ bytes: formatBytes(size, locale), percent }, { locale })];
    });
}

function running(inspection: Inspection, locale: Locale): Row[] {
  const { layers, stateBytes } = inspection;
  const skipped = layers.filter((layer) => layer.skipped).length;
  const rows: Row[] = [
    [m.inspect_active({}, { locale }), formatBytes(inspection.activeBytesPerToken, locale)],
    [m.inspect_memory({}, { locale }), conversation(inspection, locale)],
    ...windows(inspection, locale),
  ];
  if (stateBytes > 0) {
    rows.push([m.inspect_state({}, { locale }), formatBytes(stateBytes, locale)]);
  }
  if (skipped > 0) {
    const count = formatCount(skipped, locale);
    rows.push([m.inspect_skipped({}, { locale }), m.inspect_skipped_value({ count }, { locale })]);
  }
  return rows;
}

function conversation(inspection: Inspection, locale: Locale): string {
  const { kvBytesPerToken, contextLength, stateBytes } = inspection;
  if (kvBytesPerToken === 0 && stateBytes > 0) return m.inspect_memory_none({}, { locale });
  const tokens = contextLength > 0 ? Math.min(contextLength, exampleContext) : exampleContext;
  return m.inspect_memory_value(
    {
      perToken: formatBytes(kvBytesPerToken, locale),
      atContext: formatBytes(cacheBytes(inspection, tokens), locale),
      tokens: formatCount(tokens, locale),
    },
    { locale },
  );
}

/** The unquantized cache for so many tokens; a sliding window keeps no more than its own. */
function cacheBytes(
  { layers, kvBytesPerToken, kvBytesPerTokenBeyondWindow }: Inspection,
  tokens: number,
): number {
  const windows = layers.map(({ cache }) => cache.windowTokens ?? 0);
  const inWindow = Math.min(tokens, Math.max(0, ...windows));
  return (
    kvBytesPerTokenBeyondWindow * tokens +
    (kvBytesPerToken - kvBytesPerTokenBeyondWindow) * inWindow
  );
}

function windows({ layers }: Inspection, locale: Locale): Row[] {
  const windowed = layers.filter(({ cache }) => cache.windowTokens !== null);
  const [first] = windowed;
  if (!first) return [];
  const words = {
    windowed: formatCount(windowed.length, locale),
    layers: formatCount(layers.length, locale),
    tokens: formatCount(first.cache.windowTokens ?? 0, locale),
  };
  return [[m.inspect_window({}, { locale }), m.inspect_window_value(words, { locale })]];
}

/** Labels in a column of their own. */
function aligned(rows: readonly Row[]): string[] {
  const width = rows.reduce((most, [label]) => Math.max(most, label.length), 0);
  return rows.map(([label, value]) => `${label.padEnd(width + 2)}${value}`);
}
