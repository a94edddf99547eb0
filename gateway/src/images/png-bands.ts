import { promisify } from 'node:util';
import { constants, deflateRaw } from 'node:zlib';
import type { Pixels } from '@tessera/core';
import { Adler32 } from './adler32.js';
import { PNG_DEFLATE } from './png.js';
import { type PngText, pngEnd, pngHead, pngPart, pngPartAround, pngText } from './png-parts.js';
import { filteredRows } from './png-rows.js';

const deflateAsync = promisify(deflateRaw);

/** Of a zlib stream (RFC 1950): deflate with a window of 32 KiB, fastest. */
const ZLIB_HEADER = Buffer.from([0x78, 0x01]);
/** An empty last block of deflate (RFC 1951, 3.2.6). */
const LAST_BLOCK = Buffer.from([0x03, 0x00]);

/** A band of rows, as it is in the whole image's file and as a file of its own. */
export interface PngBand {
  /** A PNG of the band alone. */
  readonly file: Buffer;
  /** The bytes of `file` that the whole file has too. */
  readonly shared: { readonly start: number; readonly end: number };
  /** What stands before and after them in the whole file. */
  readonly before: Buffer;
  readonly after: Buffer;
}

/**
 * Writes a PNG of 8-bit RGB band by band. Each band is compressed on its own
 * (its first row does not look at the row above, and nothing before it is
 * referred to), so that the same bytes are part of the whole file and of a
 * file of the band alone, and need to be kept once. Texts come at the end,
 * when everything is known of the image.
 *
 * @see W3C PNG, third edition: 10.1 (one zlib stream over all IDAT chunks), 5.6 (text before or after them).
 */
export class PngBands {
  readonly #size: { readonly width: number; readonly height: number };
  readonly #sum = new Adler32();
  #rows = 0;

  constructor({ width, height }: { readonly width: number; readonly height: number }) {
    this.#size = { width, height };
  }

  /** What the whole file begins with. */
  head(): Buffer {
    return Buffer.concat([pngHead(this.#size), pngPart('IDAT', [ZLIB_HEADER])]);
  }

  /** @throws RangeError when the rows are too many, or of another width. */
  async band(pixels: Pixels): Promise<PngBand> {
    const { width, height } = this.#size;
    if (pixels.width !== width || this.#rows + pixels.height > height) {
      throw new RangeError(`${pixels.height} rows of ${pixels.width} pixels do not follow row ${this.#rows}`);
    }
    this.#rows += pixels.height;
    const own = new Adler32();
    const filtered = await filteredRows(pixels, (rows) => {
      own.add(rows);
      this.#sum.add(rows);
    });
    const deflated = await deflateAsync(filtered, { ...PNG_DEFLATE, finishFlush: constants.Z_FULL_FLUSH });
    const ownBodies = [ZLIB_HEADER, deflated, LAST_BLOCK, own.digest()];
    const head = pngHead(pixels);
    const file = Buffer.concat([head, pngPart('IDAT', ownBodies), pngEnd()]);
    const start = head.length + 8 + ZLIB_HEADER.length;
    return { file, shared: { start, end: start + deflated.length }, ...pngPartAround('IDAT', [deflated]) };
  }

  /** What the whole file ends with. @throws RangeError while rows are missing. */
  tail(texts: readonly PngText[]): Buffer {
    if (this.#rows < this.#size.height) throw new RangeError(`${this.#size.height - this.#rows} rows are missing`);
    return Buffer.concat([pngPart('IDAT', [LAST_BLOCK, this.#sum.digest()]), ...texts.map(pngText), pngEnd()]);
  }
}
