import type { Plan } from '../plan.js';
import type { WindowAxis } from '../windows/window-axis.js';
import { gridOf } from '../windows/window-grid.js';

/** Lines of an image where a seam could show: each before the pixel column `x` or row `y` of that number. */
export interface SeamEdges {
  /** Ascending. A line at 0 lies between the last column and the first. */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Pixels between lines that are alike: the first stage's own pattern repeats with its cells. */
  readonly period: number;
}

/**
 * The edges of a plan's windows, and of bands that were decoded on their own.
 *
 * @param bandRows first pixel rows of bands, whole multiples of a cell.
 * @returns `undefined` when there are none.
 */
export function seamEdgesOf(
  plan: Pick<Plan, 'latentShape' | 'windows' | 'tiling' | 'height'>,
  bandRows: readonly number[] = [],
): SeamEdges | undefined {
  const period = plan.height / plan.latentShape[1];
  const grid = gridOf(plan);
  const x = pixelsOf(edgeCells(grid.x), period);
  const y = [...new Set([...pixelsOf(edgeCells(grid.y), period), ...bandRows.filter((row) => row > 0)])];
  return x.length + y.length === 0 ? undefined : { x, y: y.sort((a, b) => a - b), period };
}

/** Cells before which a window begins or ends. The borders of a canvas are edges only where it goes on at its other side. */
function edgeCells({ canvas, window, starts, wraps }: WindowAxis): readonly number[] {
  const edges = new Set(starts.flatMap((start) => [start, (start + window) % canvas]));
  if (!wraps) edges.delete(0);
  return [...edges].sort((a, b) => a - b);
}

function pixelsOf(cells: readonly number[], period: number): readonly number[] {
  return cells.map((cell) => cell * period);
}
