import type { PixelBand } from '@tessera/core';

/**
 * The rows of an image out of those of a canvas that has its other side around it.
 *
 * @param size of the image.
 * @param at where the image begins on the canvas, in pixels.
 */
export async function* insideHalo(
  bands: AsyncIterable<PixelBand>,
  { width, height }: { readonly width: number; readonly height: number },
  at: { readonly x: number; readonly y: number },
): AsyncGenerator<PixelBand> {
  for await (const band of bands) {
    const from = Math.max(band.y, at.y);
    const to = Math.min(band.y + band.height, at.y + height);
    if (from >= to) continue;
    const isAll = band.width === width && from === band.y && to === band.y + band.height;
    yield isAll
      ? { ...band, y: from - at.y }
      : { y: from - at.y, width, height: to - from, data: cut(band, from, to, at.x, width) };
  }
}

function cut(band: PixelBand, from: number, to: number, x: number, width: number): Uint8Array {
  const data = new Uint8Array(3 * width * (to - from));
  for (let row = from; row < to; row += 1) {
    const begin = 3 * ((row - band.y) * band.width + x);
    data.set(band.data.subarray(begin, begin + 3 * width), 3 * width * (row - from));
  }
  return data;
}
