import type { Window } from './plan.js';
import type { Pixels } from './stages.js';

const CHANNELS = 3;
const TAPS = 4;
/** Keys' parameter: the cubic that reproduces straight and curved (quadratic) gradients. */
const A = -0.5;

/** An image as it is when enlarged, of which any part can be had without the whole. */
export interface EnlargedImage {
  readonly width: number;
  readonly height: number;
  /**
   * RGB8 of a rectangle in pixels. Beyond the image's end it goes on at its start.
   */
  region(rectangle: Window): Pixels;
}

/** What each position of an axis takes of the image's: four positions, and their weights. */
interface Resampling {
  readonly from: Int32Array;
  readonly weights: Float64Array;
}

/**
 * An image enlarged by bicubic interpolation (Keys, 1981, a = −½). It covers
 * the size: both axes are enlarged alike, and what is too much of one is cut
 * off evenly at both sides. Plain float64 arithmetic, so that the pixels are
 * the same everywhere, whatever parts are asked for.
 *
 * @throws RangeError when the size is no enlargement in either axis.
 */
export function enlargeImage(
  image: Pixels,
  { width, height }: { readonly width: number; readonly height: number },
): EnlargedImage {
  const scale = Math.max(width / image.width, height / image.height);
  if (!(scale >= 1)) throw new RangeError(`${image.width}×${image.height} is not enlarged to ${width}×${height}`);
  const columns = resampling(image.width, width, scale);
  const rows = resampling(image.height, height, scale);
  return {
    width,
    height,
    region(rectangle) {
      const widened = new Map<number, Float64Array>();
      const widenedRow = (y: number) => {
        const row = widened.get(y) ?? widenRow(image, y, columns, rectangle);
        widened.set(y, row);
        return row;
      };
      const data = new Uint8Array(CHANNELS * rectangle.width * rectangle.height);
      for (let i = 0; i < rectangle.height; i++) {
        const first = TAPS * ((rectangle.y + i) % height);
        const sources = Array.from(rows.from.subarray(first, first + TAPS), widenedRow);
        const weights = rows.weights.subarray(first, first + TAPS);
        fillRow(data.subarray(CHANNELS * rectangle.width * i, CHANNELS * rectangle.width * (i + 1)), sources, weights);
      }
      return { width: rectangle.width, height: rectangle.height, data };
    },
  };
}

function fillRow(row: Uint8Array, sources: readonly Float64Array[], weights: Float64Array): void {
  for (let i = 0; i < row.length; i++) {
    let sum = 0;
    for (let tap = 0; tap < TAPS; tap++) sum += (weights[tap] as number) * (sources[tap]?.[i] as number);
    row[i] = Math.min(255, Math.max(0, Math.floor(sum + 0.5)));
  }
}

/** A row of the image, enlarged along its axis, under the rectangle's columns. */
function widenRow({ width, data }: Pixels, y: number, { from, weights }: Resampling, rectangle: Window): Float64Array {
  const target = from.length / TAPS;
  const row = new Float64Array(CHANNELS * rectangle.width);
  for (let i = 0; i < row.length; i++) {
    const x = (rectangle.x + Math.floor(i / CHANNELS)) % target;
    let sum = 0;
    for (let tap = TAPS * x; tap < TAPS * (x + 1); tap++) {
      const at = CHANNELS * (y * width + (from[tap] as number)) + (i % CHANNELS);
      sum += (weights[tap] as number) * (data[at] as number);
    }
    row[i] = sum;
  }
  return row;
}

/** Positions beyond the image are those at its border. */
function resampling(extent: number, target: number, scale: number): Resampling {
  const cut = (extent - target / scale) / 2;
  const from = new Int32Array(TAPS * target);
  const weights = new Float64Array(TAPS * target);
  for (let i = 0; i < target; i++) {
    const centre = (i + 0.5) / scale + cut - 0.5;
    const first = Math.floor(centre) - 1;
    for (let tap = 0; tap < TAPS; tap++) {
      from[TAPS * i + tap] = Math.min(extent - 1, Math.max(0, first + tap));
      weights[TAPS * i + tap] = cubic(Math.abs(centre - (first + tap)));
    }
  }
  return { from, weights };
}

function cubic(distance: number): number {
  if (distance < 1) return ((A + 2) * distance - (A + 3)) * distance * distance + 1;
  return distance < 2 ? A * (((distance - 5) * distance + 8) * distance - 4) : 0;
}
