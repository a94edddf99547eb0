import type { WindowAxis } from './window-axis.js';

/** The canvas cells under window `index` of an axis, in the window's order. */
export function coveredCells({ canvas, window, starts }: WindowAxis, index: number): Int32Array {
  const start = starts[index] as number;
  return Int32Array.from({ length: window }, (_, i) => (start + i) % canvas);
}
