/**
 * Where the bars of a strip stand. A row is as wide as the text; a long answer wraps into more rows,
 * then its bars move closer, and only then one bar stands for several tokens. Pure; in CSS pixels.
 */

export interface StripLayout {
  readonly rows: number;
  /** Bars in a full row. */
  readonly perRow: number;
  /** From one bar's beginning to the next one's. */
  readonly pitch: number;
  readonly barWidth: number;
  /** Tokens for which one bar stands. */
  readonly group: number;
  readonly height: number;
}

export const barHeight = 18;
export const rowGap = 6;

/** From airy to close; each is taken while the answer fits into its rows. */
const spacings = [
  { pitch: 4, barWidth: 2, mostRows: 2 },
  { pitch: 3, barWidth: 2, mostRows: 4 },
] as const;
const closest = { pitch: 2, barWidth: 1, mostRows: 4 } as const;

export function stripLayout(tokens: number, width: number): StripLayout {
  const inRow = (pitch: number) => Math.max(1, Math.floor((width + 1) / pitch));
  const fitting = spacings.find(({ pitch, mostRows }) => tokens <= inRow(pitch) * mostRows);
  const { pitch, barWidth, mostRows } = fitting ?? closest;
  const perRow = inRow(pitch);
  const group = Math.max(1, Math.ceil(tokens / (perRow * mostRows)));
  const rows = Math.max(1, Math.ceil(Math.ceil(tokens / group) / perRow));
  return {
    rows,
    perRow,
    pitch,
    barWidth,
    group,
    height: rows * barHeight + (rows - 1) * rowGap,
  };
}

/** The left upper corner of the place of a token's bar. */
export function placeOf(token: number, { group, perRow, pitch }: StripLayout) {
  const bar = Math.floor(token / group);
  return {
    left: (bar % perRow) * pitch,
    top: Math.floor(bar / perRow) * (barHeight + rowGap),
  };
}

/** The token at a point of the strip, the nearest one where none is. */
export function tokenAt(x: number, y: number, tokens: number, layout: StripLayout): number {
  const { group, perRow, pitch, rows } = layout;
  const row = clamp(Math.floor((y + rowGap / 2) / (barHeight + rowGap)), rows - 1);
  const column = clamp(Math.floor((x + 0.5) / pitch), perRow - 1);
  return clamp((row * perRow + column) * group, tokens - 1);
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(most, value));
}
