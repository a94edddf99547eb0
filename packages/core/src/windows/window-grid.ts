import type { Plan, Window } from '../plan.js';
import { DEFAULT_TILING, type Tiling, wrapsX, wrapsY } from './tiling.js';
import { type AxisLayout, type WindowAxis, windowAxis, windowCount } from './window-axis.js';

/** Extents in latent cells. */
export interface Extent {
  readonly width: number;
  readonly height: number;
}

/** Windows of a canvas: every column of `x` in every row of `y`, row by row. */
export interface WindowGrid {
  readonly x: WindowAxis;
  readonly y: WindowAxis;
}

/** What decides where windows lie and how they are put together. */
export type WindowLayout = Pick<Plan, 'latentShape' | 'windows' | 'tiling'>;

/** @param window extent of a window on a canvas that is no smaller. */
export function axisLayouts(canvas: Extent, window: Extent, tiling: Tiling): Readonly<Record<'x' | 'y', AxisLayout>> {
  const { overlap } = tiling;
  return {
    x: { canvas: canvas.width, window: window.width, overlap, wraps: wrapsX(tiling) },
    y: { canvas: canvas.height, window: window.height, overlap, wraps: wrapsY(tiling) },
  };
}

/** How many windows `planWindows` makes, without making them. */
export function countWindows(canvas: Extent, window: Extent, tiling: Tiling): number {
  const { x, y } = axisLayouts(canvas, window, tiling);
  return windowCount(x) * windowCount(y);
}

/**
 * The windows of a canvas, in the order in which they are merged: row by row.
 * A function of canvas, window and tiling only. See `windowAxis`.
 */
export function planWindows(canvas: Extent, window: Extent, tiling: Tiling): readonly Window[] {
  const layouts = axisLayouts(canvas, window, tiling);
  return windowsOfGrid({ x: windowAxis(layouts.x), y: windowAxis(layouts.y) });
}

/** Row by row. */
export function windowsOfGrid({ x, y }: WindowGrid): readonly Window[] {
  const extent = { width: x.window, height: y.window };
  return y.starts.flatMap((top) => x.starts.map((left) => ({ x: left, y: top, ...extent })));
}

/**
 * The axes that a plan's windows were made from.
 *
 * @throws RangeError when they are no grid.
 */
export function gridOf({ latentShape, windows, tiling = DEFAULT_TILING }: WindowLayout): WindowGrid {
  const [, height, width] = latentShape;
  const [first] = windows;
  if (first === undefined) throw new RangeError('a plan without windows');
  const columns = windows.filter(({ y }) => y === first.y).map(({ x }) => x);
  const rows = windows.filter(({ x }) => x === first.x).map(({ y }) => y);
  const isGrid = windows.every(
    (window, i) =>
      window.x === columns[i % columns.length] &&
      window.y === rows[Math.floor(i / columns.length)] &&
      window.width === first.width &&
      window.height === first.height,
  );
  if (!isGrid || windows.length !== columns.length * rows.length) throw new RangeError('windows that are no grid');
  return {
    x: { canvas: width, window: first.width, starts: columns, wraps: wrapsX(tiling) },
    y: { canvas: height, window: first.height, starts: rows, wraps: wrapsY(tiling) },
  };
}
