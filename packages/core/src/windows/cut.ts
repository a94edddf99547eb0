import type { Window } from '../plan.js';
import type { Tensor } from '../tensor/tensor.js';

/** Whether the window is the whole of a [channels, height, width] canvas. */
export function coversCanvas({ x, y, width, height }: Window, shape: readonly number[]): boolean {
  return x === 0 && y === 0 && height === shape[1] && width === shape[2];
}

/**
 * The part of a [channels, height, width] canvas under a window; the canvas
 * itself when that is all of it. Beyond the canvas's end a window goes on at
 * its start.
 */
export function cutWindow(canvas: Tensor, window: Window): Tensor {
  if (coversCanvas(window, canvas.shape)) return canvas;
  const [channels, height, width] = canvas.shape as readonly [number, number, number];
  const data = new Float32Array(channels * window.height * window.width);
  const untilEnd = Math.min(window.width, width - window.x);
  for (let row = 0; row < channels * window.height; row++) {
    const channel = Math.floor(row / window.height);
    const begin = (channel * height + ((window.y + (row % window.height)) % height)) * width;
    const to = row * window.width;
    data.set(canvas.data.subarray(begin + window.x, begin + window.x + untilEnd), to);
    data.set(canvas.data.subarray(begin, begin + window.width - untilEnd), to + untilEnd);
  }
  return { shape: [channels, window.height, window.width], data };
}
