/** Draws an expert strip on a canvas: only what was added, unless the layout or a colour changed. */
import type { StripToken } from '../../app/contract/routing.ts';
import { barHeight, placeOfToken, stripRowHeight, type StripLayout } from './strip-layout.ts';

/** The colours of bars, as the canvas takes them. */
export interface StripColours {
  readonly usual: string;
  readonly rare: string;
}

export interface StripPicture {
  readonly tokens: readonly StripToken[];
  /** Changes when tokens were not only added. */
  readonly revision: number;
  readonly layout: StripLayout;
  readonly colours: StripColours;
  readonly pixelRatio: number;
}

export class StripDrawing {
  readonly #canvas: HTMLCanvasElement;
  #drawn = 0;
  #key = '';

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  draw(picture: StripPicture): void {
    const context = this.#canvas.getContext('2d');
    if (!context) return;
    const { layout, colours, tokens, revision, pixelRatio } = picture;
    const key = JSON.stringify([layout, colours, revision, pixelRatio]);
    if (key !== this.#key) {
      this.#canvas.width = Math.round(layout.width * pixelRatio);
      this.#canvas.height = Math.round(layout.height * pixelRatio);
      context.scale(pixelRatio, pixelRatio);
      this.#key = key;
      this.#drawn = 0;
    }
    const { tokensInBar } = layout;
    // The last bar may stand for a token more than when it was drawn.
    const first = Math.floor(this.#drawn / tokensInBar) * tokensInBar;
    for (let token = first; token < tokens.length; token += tokensInBar) {
      drawBar(context, picture, token);
    }
    this.#drawn = tokens.length;
  }
}

/** One bar: the mean certainty of its tokens, and in the accent the part of them that is rare. */
function drawBar(
  context: CanvasRenderingContext2D,
  { tokens, layout, colours }: StripPicture,
  first: number,
): void {
  const { left, top } = placeOfToken(layout, first);
  const own = tokens.slice(first, first + layout.tokensInBar);
  const certainty = own.reduce((sum, token) => sum + token.certainty, 0) / own.length;
  const rareShare = own.filter(({ rare }) => rare).length / own.length;
  const height = barHeight(certainty);
  const rareHeight = Math.ceil(height * rareShare);
  const base = top + stripRowHeight;
  if (layout.tokensInBar > 1) context.clearRect(left, top, layout.pitch, stripRowHeight);
  context.fillStyle = colours.usual;
  context.fillRect(left, base - height, layout.barWidth, height - rareHeight);
  context.fillStyle = colours.rare;
  context.fillRect(left, base - rareHeight, layout.barWidth, rareHeight);
}
