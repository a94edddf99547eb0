import type { Window } from '../plan.js';
import type { Tensor } from '../tensor/tensor.js';
import { coversCanvas } from './cut.js';

const MIN_WEIGHT = 0.01;
const MAX_WEIGHT = 0.5;

/**
 * Windows put together to one canvas: where they overlap, their weighted mean,
 * summed in window order (LDM's split inference, arXiv 2112.10752, fuses ε in
 * this way at every evaluation). One window of the whole canvas is returned as
 * it is.
 *
 * @param pieces one [channels, height, width] for each window, in window order.
 * @param shape of the canvas; the windows must cover it.
 */
export function mergeWindows(pieces: readonly Tensor[], windows: readonly Window[], shape: readonly number[]): Tensor {
  const [piece, window] = [pieces[0], windows[0]];
  if (piece && window && windows.length === 1 && coversCanvas(window, shape)) return piece;
  const [channels, height, width] = shape as readonly [number, number, number];
  const sums = new Float64Array(channels * height * width);
  const weights = new Float64Array(height * width);
  for (const [i, { x, y, width: w, height: h }] of windows.entries()) {
    const { data } = pieces[i] as Tensor;
    for (let row = 0; row < h; row++) {
      for (let column = 0; column < w; column++) {
        const weight = windowWeight(column, w, row, h);
        const cell = (y + row) * width + x + column;
        weights[cell] = (weights[cell] as number) + weight;
        for (let c = 0; c < channels; c++) {
          const at = c * height * width + cell;
          sums[at] = (sums[at] as number) + weight * (data[(c * h + row) * w + column] as number);
        }
      }
    }
  }
  const plane = height * width;
  return { shape, data: Float32Array.from(sums, (sum, at) => sum / (weights[at % plane] as number)) };
}

/** Distance to the window's nearest edge as a share of its extent, kept between 0.01 and 0.5. */
function windowWeight(column: number, width: number, row: number, height: number): number {
  const distance = Math.min(edgeDistance(column, width), edgeDistance(row, height));
  return Math.min(Math.max(distance, MIN_WEIGHT), MAX_WEIGHT);
}

function edgeDistance(position: number, extent: number): number {
  return extent === 1 ? MAX_WEIGHT : Math.min(position, extent - 1 - position) / (extent - 1);
}
