import {
  createWindowWeights,
  type Extent,
  gridOfStep,
  planWindows,
  type Tiling,
  WINDOW_GRIDS,
  WINDOW_SCHEMES,
  windowsOfGrid,
} from '@tessera/core';
import type { AcceptancePoint, Measurement } from '../point.js';

const WINDOW = { width: 16, height: 16 };
const [SMALLEST, LARGEST] = [16, 80];
/** Canvases take the windows of these steps in turn. */
const STEPS = 37;
/** Each weight is rounded to float32: at most 256 windows of extent 16 lie over a cell. */
const SUM_LIMIT = 257 * 2 ** -24;

/** What must never be, counted. */
interface Faults {
  uncovered: number;
  outside: number;
  twice: number;
  withoutWeight: number;
}

/** Weights over each cell of the largest canvas there is. */
const sums = new Float64Array(LARGEST * LARGEST);
const row = new Float32Array(WINDOW.width);

/** Each way of weighting and of placing windows is measured by itself: together they take minutes. */
export const everyCanvasPoints: readonly AcceptancePoint[] = WINDOW_SCHEMES.flatMap((scheme) =>
  WINDOW_GRIDS.map((grid) => ({
    id: `megapixel.3.${scheme}.${grid}`,
    title: `every canvas from 16 to 80 cells, every overlap: covered, weights sum to one, none outside or twice (${scheme}, ${grid})`,
    run: async () => everyCanvas({ wrap: 'none', scheme, grid }),
  })),
);

function everyCanvas(tiling: Tiling): Measurement {
  const faults: Faults = { uncovered: 0, outside: 0, twice: 0, withoutWeight: 0 };
  let [canvases, windows, furthest] = [0, 0, 0];
  for (let overlap = 0; overlap < WINDOW.width; overlap++) {
    for (let height = SMALLEST; height <= LARGEST; height++) {
      for (let width = SMALLEST; width <= LARGEST; width++) {
        canvases += 1;
        const found = inspect({ width, height }, { ...tiling, overlap }, canvases % STEPS, faults);
        windows += found.windows;
        furthest = Math.max(furthest, found.furthest);
      }
    }
  }
  return {
    value: { canvases, windows, ...faults, furthestFromOne: furthest },
    limit: { canvases: 65 * 65 * 16, faults: 0, furthestFromOne: SUM_LIMIT },
    pass: canvases === 65 * 65 * 16 && Object.values(faults).every((count) => count === 0) && furthest <= SUM_LIMIT,
  };
}

function inspect(canvas: Extent, tiling: Tiling, stepIndex: number, faults: Faults) {
  const latentShape = [1, canvas.height, canvas.width] as const;
  const grid = gridOfStep({ latentShape, windows: planWindows(canvas, WINDOW, tiling), tiling }, stepIndex);
  const windows = windowsOfGrid(grid);
  const weights = createWindowWeights(grid, tiling.scheme);
  const columns = grid.x.starts.length;
  const cells = canvas.width * canvas.height;
  const places = new Set<number>();
  sums.fill(0, 0, cells);
  for (const [index, { x, y, width, height }] of windows.entries()) {
    if (x < 0 || y < 0 || x + width > canvas.width || y + height > canvas.height) faults.outside += 1;
    if (places.has(y * canvas.width + x)) faults.twice += 1;
    places.add(y * canvas.width + x);
    for (let windowRow = 0; windowRow < height; windowRow++) {
      weights.fillRow(index % columns, Math.floor(index / columns), windowRow, row);
      const begin = (y + windowRow) * canvas.width + x;
      for (let i = 0; i < width; i++) {
        const weight = row[i] as number;
        if (!(weight > 0)) faults.withoutWeight += 1;
        sums[begin + i] = (sums[begin + i] as number) + weight;
      }
    }
  }
  let furthest = 0;
  for (let at = 0; at < cells; at++) {
    const sum = sums[at] as number;
    if (sum === 0) faults.uncovered += 1;
    furthest = Math.max(furthest, Math.abs(sum - 1));
  }
  return { windows: windows.length, furthest };
}
