import type { PixelBand, Pixels } from '@tessera/core';

const CHANNELS = 3;

/**
 * An image made smaller while its rows arrive, so that the whole is never
 * held: each pixel is the mean of a square of them. Rows and columns that fill
 * no square are left out.
 *
 * @param maxEdge longest edge wanted; the image stays as large as whole squares allow, and at least that.
 * @throws RangeError when rows are missing.
 */
export async function shrinkRows(
  {
    width,
    height,
    bands,
  }: { readonly width: number; readonly height: number; readonly bands: AsyncIterable<PixelBand> },
  maxEdge: number,
): Promise<Pixels> {
  const square = Math.max(1, Math.floor(Math.max(width, height) / maxEdge));
  const small = { width: Math.max(1, Math.floor(width / square)), height: Math.max(1, Math.floor(height / square)) };
  const edges = { x: Math.min(square, width), y: Math.min(square, height) };
  const data = new Uint8Array(CHANNELS * small.width * small.height);
  const sums = new Float64Array(CHANNELS * small.width);
  let y = 0;
  for await (const band of bands) {
    for (let row = 0; row < band.height; row++, y++) {
      addRow(sums, band.data.subarray(CHANNELS * width * row, CHANNELS * width * (row + 1)), edges.x);
      if ((y + 1) % edges.y !== 0) continue;
      const at = Math.floor(y / edges.y);
      if (at < small.height)
        data.set(
          sums.map((sum) => Math.round(sum / (edges.x * edges.y))),
          at * sums.length,
        );
      sums.fill(0);
    }
  }
  if (y < height) throw new RangeError(`${height - y} rows are missing`);
  return { ...small, data };
}

function addRow(sums: Float64Array, row: Uint8Array, square: number): void {
  for (let i = 0; i < sums.length; i++) {
    const from = CHANNELS * square * Math.floor(i / CHANNELS) + (i % CHANNELS);
    let sum = 0;
    for (let at = from; at < from + CHANNELS * square; at += CHANNELS) sum += row[at] as number;
    sums[i] = (sums[i] as number) + sum;
  }
}
