import { float32FromFloat16 } from '../../float16.js';
import type { TypedTensor } from '../../typed-tensor.js';

/**
 * Count, mean and M2 (the sum of squared distances from the mean) of every
 * group of channels, for each strip of rows apart. A strip is what one row of
 * the latent has become: the same whatever bands there are, so merging strips
 * from top to bottom gives the same bits for any number of bands.
 */
export interface GroupStatistics {
  /** Elements of a group in one strip. */
  readonly count: number;
  readonly groups: number;
  /** [strips, groups] */
  readonly means: Float64Array;
  /** [strips, groups] */
  readonly m2s: Float64Array;
}

/**
 * Measures a band's own rows, in float64.
 * @param tensor [1, channels, rows, columns], float32 or float16; `stripRows` divides its rows.
 */
export function measureGroups({ dtype, shape, data }: TypedTensor, groups: number, stripRows: number): GroupStatistics {
  const [, channels, rows, columns] = shape as [number, number, number, number];
  const values = dtype === 'float32' || dtype === 'float16' ? data : undefined;
  if (values === undefined) throw new RangeError(`statistics of ${dtype}`);
  const sumsOf = dtype === 'float16' ? sumsOfHalves : sumsOfFloats;
  const strips = rows / stripRows;
  const groupChannels = channels / groups;
  const stripElements = stripRows * columns;
  const count = groupChannels * stripElements;
  const means = new Float64Array(strips * groups);
  const m2s = new Float64Array(strips * groups);
  for (let strip = 0; strip < strips; strip++) {
    for (let group = 0; group < groups; group++) {
      const first = (group * groupChannels * rows + strip * stripRows) * columns;
      // Distances from a value of the group itself: no digits are lost when the mean is far from zero.
      const origin = dtype === 'float16' ? float32FromFloat16(values[first] as number) : (values[first] as number);
      let sum = 0;
      let squares = 0;
      for (let channel = 0; channel < groupChannels; channel++) {
        const start = first + channel * rows * columns;
        sumsOf(values as Float32Array & Uint16Array, start, start + stripElements, origin);
        sum += sums.sum;
        squares += sums.squares;
      }
      const at = strip * groups + group;
      means[at] = origin + sum / count;
      m2s[at] = Math.max(0, squares - (sum * sum) / count);
    }
  }
  return { count, groups, means, m2s };
}

/** The result of the last `sumsOf…`: an object a call would be garbage by the million. */
const sums = { sum: 0, squares: 0 };

/** Sums of pairs, two side by side, keep the adder busy; their order is fixed by the position in the strip. */
function sumsOfFloats(values: Float32Array, start: number, end: number, origin: number): void {
  let s0 = 0;
  let s1 = 0;
  let q0 = 0;
  let q1 = 0;
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const d0 = (values[i] as number) - origin;
    const d1 = (values[i + 1] as number) - origin;
    const d2 = (values[i + 2] as number) - origin;
    const d3 = (values[i + 3] as number) - origin;
    s0 += d0 + d1;
    s1 += d2 + d3;
    q0 += d0 * d0 + d1 * d1;
    q1 += d2 * d2 + d3 * d3;
  }
  for (; i < end; i++) {
    const d = (values[i] as number) - origin;
    s0 += d;
    q0 += d * d;
  }
  sums.sum = s0 + s1;
  sums.squares = q0 + q1;
}

function sumsOfHalves(values: Uint16Array, start: number, end: number, origin: number): void {
  let sum = 0;
  let squares = 0;
  for (let i = start; i < end; i++) {
    const d = float32FromFloat16(values[i] as number) - origin;
    sum += d;
    squares += d * d;
  }
  sums.sum = sum;
  sums.squares = squares;
}
