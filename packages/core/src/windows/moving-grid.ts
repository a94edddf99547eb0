import type { Window } from '../plan.js';
import { DEFAULT_TILING, type Tiling } from './tiling.js';
import { type WindowAxis, windowAxis } from './window-axis.js';
import { axisLayouts, type Extent, gridOf, type WindowGrid, type WindowLayout, windowsOfGrid } from './window-grid.js';

/**
 * Step n is moved by the part of the way from one window to the next that
 * ½ + n·g is beyond a whole number. Of all numbers the golden ratio is the
 * furthest from every fraction, and √2 comes after it: a few steps already lie
 * evenly over all places. The first lies halfway.
 */
const GENERATORS = { x: (Math.sqrt(5) - 1) / 2, y: Math.SQRT2 - 1 } as const;

/**
 * Where the windows of one step lie. A line at which a window begins or ends at
 * every step shows in the image, and so does what every step puts at the same
 * distance from it; so, unless the tiling says `fixed`, the windows of each
 * step are moved by another part of the way from one to the next (as in
 * DemoFusion's jittered windows, arXiv 2311.16973, `random_jitter` of its
 * code). A function of plan and step only: a run that resumes has the windows
 * of one that was not interrupted.
 *
 * @param layout of a plan: its windows are those that are not moved.
 */
export function gridOfStep(layout: WindowLayout, stepIndex: number): WindowGrid {
  const grid = gridOf(layout);
  if (layout.tiling?.grid !== 'moving') return grid;
  return {
    x: movedAxis(grid.x, shareOf(GENERATORS.x, stepIndex)),
    y: movedAxis(grid.y, shareOf(GENERATORS.y, stepIndex)),
  };
}

/** The windows of one step, in the order in which they are merged: row by row. */
export function windowsOfStep(layout: WindowLayout, stepIndex: number): readonly Window[] {
  return windowsOfGrid(gridOfStep(layout, stepIndex));
}

/** How many windows a step has; every step has as many. */
export function windowsPerStep(layout: WindowLayout): number {
  const { x, y } = gridOfStep(layout, 0);
  return x.starts.length * y.starts.length;
}

/** The same before there is a plan, without making windows. */
export function countStepWindows(canvas: Extent, window: Extent, tiling: Tiling): number {
  const { x, y } = axisLayouts(canvas, window, tiling);
  const counts = [x, y].map((layout) => {
    const axis = windowAxis(layout);
    return (tiling.grid === 'moving' ? movedAxis(axis, 0) : axis).starts.length;
  });
  return (counts[0] as number) * (counts[1] as number);
}

/**
 * Moves the windows of an axis to the left by a share of the way from one to
 * the next. On an axis with borders the first and the last window stay where
 * they are, and one more closes the gap; neighbours share no less than before.
 * Windows so close that they would meet, and one that is alone, stay.
 *
 * @param share from 0, below 1.
 */
export function movedAxis(axis: WindowAxis, share: number): WindowAxis {
  const { canvas, window, starts, wraps } = axis;
  if (starts.length === 1) return axis;
  if (wraps) {
    const shift = Math.floor(share * Math.floor(canvas / starts.length));
    return { ...axis, starts: starts.map((start) => start + shift) };
  }
  const advance = (canvas - window) / (starts.length - 1);
  // So much that no window comes to lie on the first or on the last.
  const most = Math.floor(advance - 0.5);
  if (most < 1) return axis;
  const shift = 1 + Math.floor(share * most);
  const inner = starts.slice(1).map((_, i) => Math.round((i + 1) * advance - shift));
  return { ...axis, starts: [0, ...inner, canvas - window] };
}

function shareOf(generator: number, stepIndex: number): number {
  const place = 0.5 + stepIndex * generator;
  return place - Math.floor(place);
}

/** A plan's layout at one step, as a merge needs it. */
export function layoutOfStep({ latentShape, tiling = DEFAULT_TILING }: WindowLayout, grid: WindowGrid): WindowLayout {
  return { latentShape, windows: windowsOfGrid(grid), tiling };
}
