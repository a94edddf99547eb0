import type { Pixels } from '@tessera/core';
import sharp from 'sharp';

/** An encoded image, or the path of one, as RGB8. */
export async function decodeImage(image: Uint8Array | string): Promise<Pixels> {
  const { data, info } = await sharp(image)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

/** @throws RangeError when they are not equally long, so that a shortened result never compares well. */
export function maxAbsoluteDifference(actual: Float32Array, expected: Float32Array): number {
  assertEqualLengths(actual, expected);
  return actual.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (expected[i] as number))), 0);
}

/** Peak signal-to-noise ratio in dB over all bytes; infinite for equal images. */
export function psnr(actual: Pixels, expected: Pixels): number {
  if (actual.width !== expected.width) throw new RangeError(`${actual.width} pixels wide, not ${expected.width}`);
  assertEqualLengths(actual.data, expected.data);
  const squares = actual.data.reduce((sum, value, i) => sum + (value - (expected.data[i] as number)) ** 2, 0);
  return 10 * Math.log10(255 ** 2 / (squares / actual.data.length));
}

function assertEqualLengths(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  if (actual.length !== expected.length) throw new RangeError(`${actual.length} values, not ${expected.length}`);
}
