import { readFile } from 'node:fs/promises';
import { type Receipt, TesseraError } from '@tessera/core';
import { receiptFromJson } from '@tessera/proto';
import sharp from 'sharp';
import type { RgbImage } from './compare.js';
import { textOfPng } from './png-text.js';

const KEYWORD = 'tessera';

export interface ImageWithReceipt {
  readonly receipt: Receipt;
  readonly pixels: RgbImage;
}

/** @throws TesseraError `invalid_argument` for a file that is missing, no PNG, or without a receipt. */
export async function readImageWithReceipt(path: string): Promise<ImageWithReceipt> {
  const refuse = (why: string, cause?: unknown) =>
    new TesseraError('invalid_argument', `${path}: ${why}`, { field: 'image', cause });
  const file = await readFile(path).catch((thrown) => {
    throw refuse(thrown.message, thrown);
  });
  try {
    const text = textOfPng(file, KEYWORD);
    if (text === undefined) throw new RangeError('the PNG holds no receipt of Tessera');
    return { receipt: receiptFromJson(JSON.parse(text)), pixels: await rgbPixels(file) };
  } catch (thrown) {
    throw refuse((thrown as Error).message, thrown);
  }
}

export async function rgbPixels(file: Uint8Array): Promise<RgbImage> {
  const { data, info } = await sharp(file)
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}
