/**
 * Draws a strip on a canvas, at most once a frame, and of a growing strip only what is new: a small
 * model writes 1,600 tokens a second and needs the processor itself.
 */
import type { StripToken } from '../../app/contract/routing.ts';
import { barHeight, placeOf, stripLayout, type StripLayout } from './strip-layout.ts';

/** A bar of a router that was not sure at all. */
const leastHeight = 3;

export class StripPainter {
  readonly #canvas: HTMLCanvasElement;
  #wanted: { tokens: readonly StripToken[]; width: number } | undefined;
  #frame = 0;
  /** What is on the canvas; undefined: nothing that could be kept. */
  #drawn: { layout: StripLayout; width: number; ratio: number; count: number } | undefined;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  /** Draws the bars that are not drawn yet, with the next frame. */
  paint(tokens: readonly StripToken[], width: number): void {
    this.#wanted = { tokens, width };
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.#wanted) this.#draw(this.#wanted.tokens, this.#wanted.width);
    });
  }

  /** Bars, colours or the screen changed: the next frame draws everything. */
  invalidate(): void {
    this.#drawn = undefined;
    if (this.#wanted) this.paint(this.#wanted.tokens, this.#wanted.width);
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
  }

  #draw(tokens: readonly StripToken[], width: number): void {
    if (width === 0) return;
    const layout = stripLayout(tokens.length, width);
    const ratio = window.devicePixelRatio;
    const from = this.#countToKeep(layout, width, ratio);
    if (from === 0) {
      this.#canvas.width = Math.round(width * ratio);
      this.#canvas.height = Math.round(layout.height * ratio);
      this.#canvas.style.height = `${layout.height}px`;
    }
    const context = this.#canvas.getContext('2d');
    if (!context) return;
    const { color, caretColor } = getComputedStyle(this.#canvas);
    // A bar that stands for several tokens may have got further ones.
    const first = Math.floor(from / layout.group) * layout.group;
    for (let token = first; token < tokens.length; token += layout.group) {
      const bar = barOf(tokens.slice(token, token + layout.group));
      context.fillStyle = bar.rare ? caretColor : color;
      fillBar(context, placeOf(token, layout), layout.barWidth, bar.height, ratio);
    }
    this.#drawn = { layout, width, ratio, count: tokens.length };
  }

  #countToKeep(layout: StripLayout, width: number, ratio: number): number {
    const drawn = this.#drawn;
    if (drawn?.width !== width || drawn.ratio !== ratio) return 0;
    const { rows, pitch, group } = drawn.layout;
    const same = rows === layout.rows && pitch === layout.pitch && group === layout.group;
    return same ? drawn.count : 0;
  }
}

function barOf(tokens: readonly StripToken[]): { height: number; rare: boolean } {
  const sum = tokens.reduce((total, { certainty }) => total + certainty, 0);
  const certainty = tokens.length === 0 ? 0 : sum / tokens.length;
  return {
    // The root spreads what lies low: of eight chosen experts none ever takes half.
    height: leastHeight + (barHeight - leastHeight) * Math.sqrt(certainty),
    rare: tokens.some(({ rare }) => rare),
  };
}

/** Whole device pixels: a hairline between two pixels would be a grey smear. */
function fillBar(
  context: CanvasRenderingContext2D,
  { left, top }: { left: number; top: number },
  width: number,
  height: number,
  ratio: number,
): void {
  const x = Math.round(left * ratio);
  const bottom = Math.round((top + barHeight) * ratio);
  const tall = Math.max(1, Math.round(height * ratio));
  context.fillRect(x, bottom - tall, Math.max(1, Math.round(width * ratio)), tall);
}
