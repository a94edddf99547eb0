import type { PixelBand } from '@tessera/core';
import type { WireTensor } from '@tessera/proto';

/** Some rows of an image of that size, in pixels, on their way. @param runMs time in the network so far. */
export function pixelResponse(
  { y, data }: Pick<PixelBand, 'y' | 'data'>,
  { width, height }: { readonly width: number; readonly height: number },
  runMs: number,
): { readonly pixels: WireTensor; readonly runUs: number } {
  const { buffer, byteOffset, byteLength } = data;
  const pixels: WireTensor = {
    dtype: 'DATA_TYPE_UINT8',
    shape: [height, width, 3],
    data: Buffer.from(buffer, byteOffset, byteLength),
    offset: 3 * width * y,
  };
  return { pixels, runUs: Math.round(runMs * 1000) };
}
