import type { Pixels } from '../stages.js';
import type { Tensor } from '../tensor/tensor.js';
import { type Tiling, wrapsX, wrapsY } from './tiling.js';

/** Latent cells that were added on each side of a canvas. */
export interface WrapHalo {
  readonly x: number;
  readonly y: number;
}

/**
 * Cells of its other side that a canvas that wraps needs around it, so that
 * what a decoder makes of a border falls outside of the image.
 *
 * @param cells how far the first stage's decoder sees.
 */
export function wrapHalo(tiling: Tiling | undefined, cells: number): WrapHalo {
  const wrapped = tiling ?? { wrap: 'none' };
  return { x: wrapsX(wrapped) ? cells : 0, y: wrapsY(wrapped) ? cells : 0 };
}

/** A [channels, height, width] canvas with its own other side around it; itself without a halo. */
export function withHalo(canvas: Tensor, halo: WrapHalo): Tensor {
  if (halo.x === 0 && halo.y === 0) return canvas;
  const [channels, height, width] = canvas.shape as readonly [number, number, number];
  const shape = [channels, height + 2 * halo.y, width + 2 * halo.x] as const;
  const [columns, rows] = [around(width, halo.x), around(height, halo.y)];
  const data = new Float32Array(channels * rows.length * columns.length);
  let to = 0;
  for (let c = 0; c < channels; c++) {
    for (const row of rows) {
      const begin = (c * height + row) * width;
      for (const column of columns) {
        data[to] = canvas.data[begin + column] as number;
        to += 1;
      }
    }
  }
  return { shape, data };
}

/** The image of a canvas with a halo, without what the halo became. */
export function withoutHalo(pixels: Pixels, halo: WrapHalo, pixelsPerCell: number): Pixels {
  if (halo.x === 0 && halo.y === 0) return pixels;
  const [left, top] = [halo.x * pixelsPerCell, halo.y * pixelsPerCell];
  const [width, height] = [pixels.width - 2 * left, pixels.height - 2 * top];
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    const from = 3 * ((top + y) * pixels.width + left);
    data.set(pixels.data.subarray(from, from + 3 * width), 3 * width * y);
  }
  return { width, height, data };
}

/** Every position of an axis with `halo` more on each side, on the circle of `extent`. */
function around(extent: number, halo: number): Int32Array {
  return Int32Array.from({ length: extent + 2 * halo }, (_, i) => (((i - halo) % extent) + extent) % extent);
}
