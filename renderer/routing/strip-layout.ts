/**
 * Where the bars of an expert strip stand. Few tokens have room around them; more stand closer; then
 * the strip wraps into rows as text does, and at last one bar stands for several tokens. Pure.
 */

/** Distances from bar to bar, in px, the roomiest first; at the last one rows begin. */
const pitches = [4, 3, 2] as const;
const closest = 2;
const mostRows = 4;
const rowHeight = 20;
const rowGap = 4;
/** Also the least sure token has a bar. */
const leastHeight = 2;
/** Averaged over its layers a router is seldom surer: from here on a bar has its full height. */
const fullCertainty = 0.75;

export interface StripLayout {
  /** From bar to bar, in px. */
  readonly pitch: number;
  readonly barWidth: number;
  readonly barsInRow: number;
  /** A power of two, so that a growing strip is seldom drawn anew. */
  readonly tokensInBar: number;
  readonly rows: number;
  readonly width: number;
  readonly height: number;
}

/** The part of the strip that belongs to one token, in px. */
export interface BarPlace {
  readonly left: number;
  readonly top: number;
}

/** The layout for a number of tokens in a width in px. */
export function stripLayout(tokens: number, width: number): StripLayout {
  const roomy = pitches.find((pitch) => tokens * pitch <= width);
  const pitch = roomy ?? closest;
  const barsInRow = Math.max(1, Math.floor(width / pitch));
  let tokensInBar = 1;
  while (Math.ceil(tokens / tokensInBar) > barsInRow * mostRows) tokensInBar *= 2;
  const rows = Math.max(1, Math.ceil(Math.ceil(tokens / tokensInBar) / barsInRow));
  return {
    pitch,
    barWidth: Math.ceil(pitch / 2),
    barsInRow,
    tokensInBar,
    rows,
    width,
    height: rows * rowHeight + (rows - 1) * rowGap,
  };
}

/** Where the row's box of a token's bar begins. */
export function placeOfToken({ tokensInBar, barsInRow, pitch }: StripLayout, token: number) {
  const bar = Math.floor(token / tokensInBar);
  return {
    left: (bar % barsInRow) * pitch,
    top: Math.floor(bar / barsInRow) * (rowHeight + rowGap),
  } satisfies BarPlace;
}

/** The token at a point of the strip; the nearest one for points beside the bars. */
export function tokenAt(layout: StripLayout, tokens: number, x: number, y: number): number {
  const { rows, barsInRow, pitch, tokensInBar } = layout;
  const row = clamp(Math.floor(y / (rowHeight + rowGap)), rows - 1);
  const inRow = clamp(Math.floor(x / pitch), barsInRow - 1);
  // Within a bar of several tokens the pointer moves through them from left to right.
  const within = clamp(Math.floor(((x / pitch) % 1) * tokensInBar), tokensInBar - 1);
  return clamp((row * barsInRow + inRow) * tokensInBar + within, tokens - 1);
}

/** The height of a bar, in px, for a certainty from 0 to 1. */
export function barHeight(certainty: number): number {
  const part = Math.min(1, certainty / fullCertainty);
  return Math.round(leastHeight + (rowHeight - leastHeight) * part);
}

export const stripRowHeight = rowHeight;

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(value, most));
}
