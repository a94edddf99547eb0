import type { ImageFormat, Pixels } from '@tessera/core';
import sharp from 'sharp';
import { compressedRows, pngFile } from './png.js';
import type { PngText } from './png-parts.js';

// One image is encoded at a time on each of libuv's threads; more threads in libvips would fight the workers for cores.
sharp.concurrency(1);
sharp.cache(false);

/** What encoding should cost: `fast` for what is seen for a moment, `fine` for what is kept. */
export type EncodingEffort = 'fast' | 'fine';

const JPEG_QUALITY = { fast: 70, fine: 92 } as const;
const WEBP_OPTIONS = { fast: { quality: 70, effort: 0 }, fine: { quality: 92, effort: 4 } } as const;

/**
 * Pixels as an image file, encoded on another thread.
 *
 * @param texts for a PNG's text parts; the other formats carry none.
 */
export async function encodeImage(
  pixels: Pixels,
  format: ImageFormat,
  effort: EncodingEffort,
  texts: () => readonly PngText[] = () => [],
): Promise<Uint8Array> {
  switch (format) {
    case 'png': {
      const rows = await compressedRows(pixels);
      return pngFile(pixels, rows, texts());
    }
    case 'jpeg':
      return raw(pixels).jpeg({ quality: JPEG_QUALITY[effort], chromaSubsampling: '4:4:4' }).toBuffer();
    case 'webp':
      return raw(pixels).webp(WEBP_OPTIONS[effort]).toBuffer();
  }
}

/** The image with no edge longer than `maxEdge`; smaller ones stay as they are. */
export async function fitWithin(pixels: Pixels, maxEdge: number): Promise<Pixels> {
  if (Math.max(pixels.width, pixels.height) <= maxEdge) return pixels;
  const resized = raw(pixels).resize({ width: maxEdge, height: maxEdge, fit: 'inside', kernel: 'cubic' });
  const { data, info } = await resized.raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

function raw({ width, height, data }: Pixels) {
  return sharp(data, { raw: { width, height, channels: 3 } });
}
