import type { PixelBand, Pixels } from '../stages.js';

/**
 * One image of its rows.
 *
 * @throws RangeError when they do not cover it from top to bottom.
 */
export async function gatherPixels(
  bands: AsyncIterable<PixelBand> | Iterable<PixelBand>,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<Pixels> {
  const data = new Uint8Array(3 * width * height);
  let rows = 0;
  for await (const band of bands) {
    if (band.y !== rows || band.width !== width || rows + band.height > height) {
      throw new RangeError(`rows ${band.y}–${band.y + band.height} of ${band.width} pixels do not follow row ${rows}`);
    }
    data.set(band.data, 3 * width * rows);
    rows += band.height;
  }
  if (rows !== height) throw new RangeError(`${height - rows} rows are missing`);
  return { width, height, data };
}
