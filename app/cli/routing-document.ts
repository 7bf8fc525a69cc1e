/** The document of `moewe routing --json`, which scripts rely on. Pure. */
import type { AnsweringModel } from '../contract/models.ts';
import type { RoutingRecord } from '../contract/routing.ts';

export interface RoutingDocument {
  /** Null where it was stopped before a model answered. */
  readonly model: AnsweringModel | null;
  /** How often each expert of each layer worked, over all tokens that are listed. */
  readonly layers: readonly { readonly layer: number; readonly counts: readonly number[] }[];
  /** Every evaluated token in order; the last token of an answer is never evaluated. */
  readonly tokens: readonly DocumentToken[];
}

interface DocumentToken {
  readonly text: string;
  readonly role: 'prompt' | 'answer';
  /** The experts of each layer by its number, the router's first choice first. */
  readonly experts: Readonly<Record<string, readonly number[]>>;
}

/** What the records of one conversation say, which all have the same layers. */
export function routingDocument(
  model: AnsweringModel | null,
  records: readonly RoutingRecord[],
): RoutingDocument {
  const [first] = records;
  const tokens = records.flatMap(tokensOf);
  const layers = (first?.layers ?? []).map((layer) => {
    const counts = Array.from({ length: first?.expertCount ?? 0 }, () => 0);
    for (const { experts } of tokens) {
      for (const expert of experts[layer] ?? []) counts[expert] = (counts[expert] ?? 0) + 1;
    }
    return { layer, counts };
  });
  return { model, layers, tokens };
}

function tokensOf({ layers, usedCount, tokens, experts }: RoutingRecord): DocumentToken[] {
  const bytes = Buffer.from(experts, 'base64');
  return tokens.map(({ text, role }, token) => ({
    text,
    role,
    experts: Object.fromEntries(
      layers.map((layer, index) => {
        const place = (token * layers.length + index) * usedCount;
        const ids = Array.from({ length: usedCount }, (_, choice) =>
          bytes.readUInt16LE((place + choice) * 2),
        );
        return [layer, ids];
      }),
    ),
  }));
}
