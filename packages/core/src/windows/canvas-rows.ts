import type { Tensor } from '../tensor/tensor.js';
import type { WindowAxis } from './window-axis.js';

/** A run of latent rows, the whole width of a canvas. */
export interface CanvasRows {
  readonly y: number;
  readonly height: number;
}

/** Rows that are final together: no window row after number `after` of its grid covers them. */
export interface FinalRows extends CanvasRows {
  readonly after: number;
}

/** The rows of a canvas, from the top, by the window row with which they are final. */
export function finalRows({ canvas, window, starts }: WindowAxis): readonly FinalRows[] {
  const lastOver = new Int32Array(canvas);
  for (const [row, start] of starts.entries()) {
    for (let i = 0; i < window; i++) lastOver[(start + i) % canvas] = row;
  }
  const runs: FinalRows[] = [];
  for (let y = 0, end = 1; y < canvas; y = end) {
    const after = lastOver[y] as number;
    for (end = y + 1; end < canvas && lastOver[end] === after; ) end++;
    runs.push({ y, height: end - y, after });
  }
  return runs;
}

/** Those rows of a [channels, height, width] canvas; the canvas itself when they are all of it. */
export function rowsOf(canvas: Tensor, { y, height }: CanvasRows): Tensor {
  const [channels, rows, width] = canvas.shape as readonly [number, number, number];
  if (height === rows) return canvas;
  const data = new Float32Array(channels * height * width);
  for (let c = 0; c < channels; c++) {
    const begin = (c * rows + y) * width;
    data.set(canvas.data.subarray(begin, begin + height * width), c * height * width);
  }
  return { shape: [channels, height, width], data };
}

/** Writes rows, as `rowsOf` gives them, to their place in a canvas. */
export function putRows(canvas: Tensor, { y, height }: CanvasRows, rows: Tensor): void {
  const [channels, canvasHeight, width] = canvas.shape as readonly [number, number, number];
  const length = height * width;
  for (let c = 0; c < channels; c++) {
    canvas.data.set(rows.data.subarray(c * length, (c + 1) * length), (c * canvasHeight + y) * width);
  }
}
