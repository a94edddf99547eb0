import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { constants, crc32, deflate } from 'node:zlib';
import type { Pixels } from '@tessera/core';

const deflateAsync = promisify(deflate);

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const CHANNELS = 3;
const FILTER_UP = 2;
/** Speed over size: these images are looked at more often than they are stored. */
const DEFLATE_LEVEL = 4;
/** Filtered at a stretch, in well under a millisecond. */
const BYTES_A_TURN = 256 * 1024;

/** Text that goes into a PNG under a keyword of Latin-1 letters. */
export interface PngText {
  readonly keyword: string;
  readonly text: string;
}

/** RGB8 rows, filtered, and compressed on another thread: the body of a PNG's IDAT. */
export async function compressedRows({ width, height, data }: Pixels): Promise<Buffer> {
  const stride = width * CHANNELS;
  const filtered = Buffer.allocUnsafe(height * (stride + 1));
  const rowsATurn = Math.ceil(BYTES_A_TURN / stride);
  for (let y = 0; y < height; y += 1) {
    filterRow(filtered.subarray(y * (stride + 1), (y + 1) * (stride + 1)), data, y * stride, stride);
    // Other generations' steps come in between.
    if (y % rowsATurn === rowsATurn - 1) await turn();
  }
  return deflateAsync(filtered, { level: DEFLATE_LEVEL, strategy: constants.Z_FILTERED });
}

/** The filter "up": each byte less the one above it. */
function filterRow(target: Buffer, data: Uint8Array, from: number, stride: number): void {
  target[0] = FILTER_UP;
  for (let x = 0; x < stride; x += 1) {
    const above = from === 0 ? 0 : (data[from - stride + x] as number);
    target[x + 1] = (data[from + x] as number) - above;
  }
}

/** A PNG of 8-bit RGB (W3C PNG, third edition). */
export function pngFile(size: { width: number; height: number }, rows: Buffer, texts: readonly PngText[]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size.width, 0);
  header.writeUInt32BE(size.height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    pngPart('IHDR', header),
    ...texts.map(textPart),
    pngPart('IDAT', rows),
    pngPart('IEND', Buffer.alloc(0)),
  ]);
}

/** tEXt where Latin-1 can hold the text, otherwise iTXt, which is UTF-8. */
function textPart({ keyword, text }: PngText): Buffer {
  const name = Buffer.from(`${keyword}\0`, 'latin1');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Latin-1 is what tEXt holds.
  if (/^[\u0001-\u00ff]*$/.test(text)) return pngPart('tEXt', Buffer.concat([name, Buffer.from(text, 'latin1')]));
  const uncompressedWithoutLanguage = Buffer.from([0, 0, 0, 0]);
  return pngPart('iTXt', Buffer.concat([name, uncompressedWithoutLanguage, Buffer.from(text, 'utf8')]));
}

function pngPart(type: string, body: Buffer): Buffer {
  const part = Buffer.alloc(body.length + 12);
  part.writeUInt32BE(body.length, 0);
  part.write(type, 4, 'latin1');
  body.copy(part, 8);
  part.writeUInt32BE(crc32(part.subarray(4, 8 + body.length)), 8 + body.length);
  return part;
}
