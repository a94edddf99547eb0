import type { Window } from '../plan.js';
import type { Tensor } from '../tensor/tensor.js';
import { type CanvasRows, rowsOf } from './canvas-rows.js';
import { coversCanvas } from './cut.js';
import { DEFAULT_TILING } from './tiling.js';
import { gridOf, type WindowLayout } from './window-grid.js';
import { createWindowWeights, type WindowWeights } from './window-weights.js';

const f = Math.fround;

/** A canvas, or several at once, that is put together window by window. */
export interface CanvasMerge {
  /**
   * Adds the next window, in window order.
   *
   * @param pieces of each canvas, [channels, height, width].
   * @throws RangeError when there is no window left, or a piece does not fit it.
   */
  add(pieces: readonly Tensor[]): void;
  /**
   * Rows of each canvas, once every window that covers them was added.
   *
   * @throws RangeError while one is missing.
   */
  rows(rows: CanvasRows): readonly Tensor[];
  /** @throws RangeError while windows are missing. */
  canvases(): readonly Tensor[];
}

/**
 * How a plan's windows become its canvas: where they overlap their weighted
 * mean, one rounding to float32 for each product and each sum, in window
 * order, whichever came first. Float addition is not associative, so the order
 * is part of the result; float32, as latents are, so that whatever merges
 * them, elsewhere and in another way, can give the same bits. (LDM's split
 * inference, arXiv 2112.10752, fuses ε in this way at every evaluation.)
 *
 * The weights are computed once, for all steps.
 *
 * @returns what starts one merge of `count` canvases, [channels, height, width] each.
 */
export function createWindowMerge(layout: WindowLayout): (count: number) => CanvasMerge {
  const { windows, latentShape, tiling = DEFAULT_TILING } = layout;
  const [window] = windows;
  if (window && windows.length === 1 && coversCanvas(window, latentShape)) return () => new WholeCanvas(layout);
  const grid = gridOf(layout);
  const weights = createWindowWeights(grid, tiling.scheme);
  return (count) => new WeightedMean(layout, grid.x.starts.length, weights, count);
}

/** The canvases of all pieces of one plan, one canvas. */
export function mergeWindows(pieces: readonly Tensor[], layout: WindowLayout): Tensor {
  const merge = createWindowMerge(layout)(1);
  for (const piece of pieces) merge.add([piece]);
  return merge.canvases()[0] as Tensor;
}

/** One window is the canvas, untouched. */
class WholeCanvas implements CanvasMerge {
  readonly #layout: WindowLayout;
  #canvases: readonly Tensor[] | undefined;

  constructor(layout: WindowLayout) {
    this.#layout = layout;
  }

  add(pieces: readonly Tensor[]): void {
    if (this.#canvases !== undefined) throw new RangeError('there is one window');
    for (const piece of pieces) assertFits(piece, this.#layout.windows[0] as Window, this.#layout.latentShape[0]);
    this.#canvases = pieces;
  }

  canvases(): readonly Tensor[] {
    if (this.#canvases === undefined) throw new RangeError('1 window is missing');
    return this.#canvases;
  }

  rows(rows: CanvasRows): readonly Tensor[] {
    return this.canvases().map((canvas) => rowsOf(canvas, rows));
  }
}

class WeightedMean implements CanvasMerge {
  readonly #layout: WindowLayout;
  readonly #columns: number;
  readonly #weights: WindowWeights;
  readonly #row: Float32Array;
  readonly #sums: readonly Float32Array[];
  #next = 0;

  constructor(layout: WindowLayout, columns: number, weights: WindowWeights, count: number) {
    const [channels, height, width] = layout.latentShape;
    this.#layout = layout;
    this.#columns = columns;
    this.#weights = weights;
    this.#row = new Float32Array(layout.windows[0]?.width ?? 0);
    // −0 is the sum of nothing: added to it every value stays what it is, −0 too.
    this.#sums = Array.from({ length: count }, () => new Float32Array(channels * height * width).fill(-0));
  }

  add(pieces: readonly Tensor[]): void {
    const window = this.#layout.windows[this.#next];
    if (window === undefined) throw new RangeError(`there are ${this.#layout.windows.length} windows`);
    if (pieces.length !== this.#sums.length) throw new RangeError(`${pieces.length} pieces, not ${this.#sums.length}`);
    const [channels, height, width] = this.#layout.latentShape;
    for (const piece of pieces) assertFits(piece, window, channels);
    const column = this.#next % this.#columns;
    const row = Math.floor(this.#next / this.#columns);
    for (let windowRow = 0; windowRow < window.height; windowRow++) {
      this.#weights.fillRow(column, row, windowRow, this.#row);
      const y = (window.y + windowRow) % height;
      for (let c = 0; c < channels; c++) {
        const from = (c * window.height + windowRow) * window.width;
        for (const [i, { data }] of pieces.entries()) {
          addRow(this.#sums[i] as Float32Array, (c * height + y) * width, width, window.x, data, from, this.#row);
        }
      }
    }
    this.#next += 1;
  }

  canvases(): readonly Tensor[] {
    const { windows } = this.#layout;
    if (this.#next < windows.length) throw new RangeError(`${windows.length - this.#next} windows are missing`);
    return this.#tensors;
  }

  rows(rows: CanvasRows): readonly Tensor[] {
    const { windows, latentShape } = this.#layout;
    const covers = ({ y, height }: Window) => y < rows.y + rows.height && rows.y < y + height;
    const wrapped = ({ y, ...window }: Window) => ({ ...window, y: y - latentShape[1] });
    const missing = windows.slice(this.#next).filter((window) => covers(window) || covers(wrapped(window)));
    if (missing.length > 0) throw new RangeError(`${missing.length} windows of these rows are missing`);
    return this.#tensors.map((canvas) => rowsOf(canvas, rows));
  }

  get #tensors(): readonly Tensor[] {
    return this.#sums.map((data) => ({ shape: this.#layout.latentShape, data }));
  }
}

/** Adds a window's weighted row to a row of the canvas; beyond its end it goes on at its start. */
function addRow(
  sums: Float32Array,
  begin: number,
  width: number,
  x: number,
  values: Float32Array,
  from: number,
  weights: Float32Array,
): void {
  const untilEnd = Math.min(weights.length, width - x);
  const at = begin + x;
  for (let i = 0; i < untilEnd; i++) {
    sums[at + i] = (sums[at + i] as number) + f((weights[i] as number) * (values[from + i] as number));
  }
  for (let i = untilEnd; i < weights.length; i++) {
    const wrapped = begin + i - untilEnd;
    sums[wrapped] = (sums[wrapped] as number) + f((weights[i] as number) * (values[from + i] as number));
  }
}

function assertFits({ shape, data }: Tensor, { width, height }: Window, channels: number): void {
  if (data.length === channels * width * height) return;
  throw new RangeError(`a piece of [${shape}] does not fit a window of [${channels}, ${height}, ${width}]`);
}
