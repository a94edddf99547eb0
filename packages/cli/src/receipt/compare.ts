import type { Receipt } from '@tessera/core';
import { snakeCase } from '../output/snake-case.js';

/** RGB8, row-major. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export interface ReceiptDifference {
  /** In proto spelling: `model_sha256`. */
  readonly field: string;
  readonly image: unknown;
  readonly replay: unknown;
}

export interface PixelDifference {
  readonly pixels: number;
  readonly differentPixels: number;
  /** Largest difference of one channel, 0–255. */
  readonly maxDifference: number;
}

/** What decides the pixels, and what they came to. */
const COMPARED = [
  ...(['model_sha256', 'numeric_class', 'arithmetic_version', 'timesteps', 'windows', 'tiling', 'compose'] as const),
  ...(['latent_sha256', 'image_sha256'] as const),
];

/** Where two receipts of the same request differ. */
export function receiptDifferences(image: Receipt, replay: Receipt): readonly ReceiptDifference[] {
  const valuesOf = (receipt: Receipt) =>
    new Map(Object.entries(receipt).map(([key, value]) => [snakeCase(key), value as unknown]));
  const [ofImage, ofReplay] = [valuesOf(image), valuesOf(replay)];
  return COMPARED.map((field) => ({ field, image: ofImage.get(field), replay: ofReplay.get(field) })).filter(
    ({ image: left, replay: right }) => JSON.stringify(left) !== JSON.stringify(right),
  );
}

/** @throws RangeError for images of different sizes. */
export function pixelDifference(image: RgbImage, replay: RgbImage): PixelDifference {
  if (image.width !== replay.width || image.height !== replay.height) {
    throw new RangeError(`images of ${image.width}×${image.height} and ${replay.width}×${replay.height} pixels`);
  }
  const pixels = image.width * image.height;
  let differentPixels = 0;
  let maxDifference = 0;
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    let largest = 0;
    for (let channel = 3 * pixel; channel < 3 * pixel + 3; channel += 1) {
      largest = Math.max(largest, Math.abs((image.data[channel] ?? 0) - (replay.data[channel] ?? 0)));
    }
    if (largest > 0) differentPixels += 1;
    maxDifference = Math.max(maxDifference, largest);
  }
  return { pixels, differentPixels, maxDifference };
}
