import { coveredCells } from './covered-cells.js';
import { pyramidWeights } from './pyramid-weights.js';
import { rampWeights } from './ramp-weights.js';
import type { WindowScheme } from './tiling.js';
import type { WindowGrid } from './window-grid.js';

/**
 * What every window's value counts for at each of its cells. Over the windows
 * that cover a cell the weights sum to one, up to rounding; where one window
 * covers it alone its weight is exactly 1, so that the value stays as it is.
 */
export interface WindowWeights {
  /**
   * Writes the weights along one row of a window.
   *
   * @param column the window's column of the grid, @param row its row.
   * @param windowRow from the window's top.
   * @param weights of the window's width.
   */
  fillRow(column: number, row: number, windowRow: number, weights: Float32Array): void;
}

/**
 * `ramp`: separable, linear over the cells shared with each neighbour, 1
 * elsewhere. `pyramid`: as LDM's split inference, see `pyramidWeights`.
 */
export function createWindowWeights(grid: WindowGrid, scheme: WindowScheme): WindowWeights {
  return scheme === 'ramp' ? createRamps(grid) : createPyramids(grid);
}

function createRamps(grid: WindowGrid): WindowWeights {
  const [x, y] = [rampWeights(grid.x), rampWeights(grid.y)];
  return {
    fillRow(column, row, windowRow, weights) {
      const along = x[column] as Float32Array;
      const across = y[row]?.[windowRow] as number;
      for (let i = 0; i < weights.length; i++) weights[i] = across * (along[i] as number);
    },
  };
}

function createPyramids({ x, y }: WindowGrid): WindowWeights {
  const pyramid = pyramidWeights(x.window, y.window);
  const totals = new Float32Array(x.canvas * y.canvas);
  const [columns, rows] = [x, y].map((axis) => axis.starts.map((_, i) => coveredCells(axis, i))) as [
    Int32Array[],
    Int32Array[],
  ];
  for (const covered of rows) {
    for (const [windowRow, cellY] of covered.entries()) {
      for (const cells of columns) {
        for (let i = 0; i < x.window; i++) {
          const at = cellY * x.canvas + (cells[i] as number);
          totals[at] = (totals[at] as number) + (pyramid[windowRow * x.window + i] as number);
        }
      }
    }
  }
  return {
    fillRow(column, row, windowRow, weights) {
      const cells = columns[column] as Int32Array;
      const base = (rows[row]?.[windowRow] as number) * x.canvas;
      const from = windowRow * x.window;
      for (let i = 0; i < weights.length; i++) {
        weights[i] = (pyramid[from + i] as number) / (totals[base + (cells[i] as number)] as number);
      }
    },
  };
}
