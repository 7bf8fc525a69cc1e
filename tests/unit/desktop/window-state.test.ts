import { describe, expect, it } from 'vitest';
import { fittingArea } from '../../../app/desktop/window-state.ts';

const large = { x: 0, y: 0, width: 1920, height: 1080 };
const right = { x: 1920, y: 0, width: 1280, height: 1024 };

describe('the area of the window', () => {
  it('is in the middle of the first screen when nothing was saved', () => {
    expect(fittingArea(undefined, [large])).toEqual({ x: 370, y: 140, width: 1180, height: 800 });
  });

  it('is the saved one, also on another screen', () => {
    const saved = { x: 2000, y: 100, width: 900, height: 700 };
    expect(fittingArea(saved, [large, right])).toEqual(saved);
  });

  it('comes back when its screen is gone', () => {
    const saved = { x: 2000, y: 100, width: 900, height: 700 };
    expect(fittingArea(saved, [large])).toMatchObject({ x: 370, y: 140 });
  });

  it('fits a screen that became smaller', () => {
    const saved = { x: 100, y: 100, width: 1800, height: 1000 };
    const small = { x: 0, y: 0, width: 1280, height: 720 };
    expect(fittingArea(saved, [small])).toEqual({ x: 0, y: 0, width: 1280, height: 720 });
  });

  it('is never too small to use', () => {
    const saved = { x: 0, y: 0, width: 10, height: 10 };
    expect(fittingArea({ ...saved, width: 120, height: 120 }, [large])).toMatchObject({
      width: 400,
      height: 480,
    });
  });
});
