/** Where the main window was and how large, kept in the home. The correction is pure. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

/** A place on the screens, in device-independent pixels. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const whole = z.number().int();
const windowState = z.object({
  area: z.object({ x: whole, y: whole, width: whole.positive(), height: whole.positive() }),
  maximised: z.boolean(),
});
export type WindowState = z.infer<typeof windowState>;

export const smallestWindow = { width: 400, height: 480 };
const usualWindow = { width: 1180, height: 800 };

/** This much of the window has to lie on a screen, so that it can be taken hold of. */
const visiblePart = 96;

/** The state that was saved; null if there is none that can be read. */
export function readWindowState(file: string): WindowState | null {
  try {
    return windowState.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

/** Written beside and moved into place: a power cut leaves the old state. Never throws. */
export function saveWindowState(file: string, state: WindowState): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify(state));
    renameSync(`${file}.new`, file);
  } catch {
    return;
  }
}

/**
 * The area for a window: the saved one as far as it fits the screens there are now, in the middle
 * of the first one otherwise. `screens` are work areas, the primary one first.
 */
export function fittingArea(saved: Area | undefined, screens: readonly Area[]): Area {
  const [primary = { x: 0, y: 0, ...usualWindow }] = screens;
  const screen = saved && screens.find((candidate) => overlap(saved, candidate) >= visiblePart);
  if (saved && screen) {
    const width = between(smallestWindow.width, saved.width, screen.width);
    const height = between(smallestWindow.height, saved.height, screen.height);
    const x = between(screen.x, saved.x, screen.x + screen.width - width);
    const y = between(screen.y, saved.y, screen.y + screen.height - height);
    return { x, y, width, height };
  }
  const width = Math.min(usualWindow.width, primary.width);
  const height = Math.min(usualWindow.height, primary.height);
  const x = primary.x + Math.round((primary.width - width) / 2);
  const y = primary.y + Math.round((primary.height - height) / 2);
  return { x, y, width, height };
}

/** The smaller side of what two areas share; negative if they are apart. */
function overlap(a: Area, b: Area): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.min(width, height);
}

function between(least: number, value: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
