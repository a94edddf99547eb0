import { promisify } from 'node:util';
import { constants, deflate } from 'node:zlib';
import type { Pixels } from '@tessera/core';
import { type PngText, pngEnd, pngHead, pngPart, pngText } from './png-parts.js';
import { filteredRows } from './png-rows.js';

const deflateAsync = promisify(deflate);

/** Speed over size: these images are looked at more often than they are stored. */
export const PNG_DEFLATE = { level: 4, strategy: constants.Z_FILTERED } as const;

/** RGB8 rows, filtered, and compressed on another thread: the body of a PNG's IDAT. */
export async function compressedRows(pixels: Pixels): Promise<Buffer> {
  return deflateAsync(await filteredRows(pixels), PNG_DEFLATE);
}

/** A PNG of 8-bit RGB (W3C PNG, third edition). */
export function pngFile(size: { width: number; height: number }, rows: Buffer, texts: readonly PngText[]): Buffer {
  return Buffer.concat([pngHead(size), ...texts.map(pngText), pngPart('IDAT', [rows]), pngEnd()]);
}
