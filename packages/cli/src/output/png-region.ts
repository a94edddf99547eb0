import { crc32 } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Of a zlib stream (RFC 1950). */
const HEADER_BYTES = 2;
/** An empty last block, and the checksum. */
const TRAILER_BYTES = 6;

/** What a PNG of 8-bit RGB begins with that is put together from regions: up to the header of its zlib stream. */
export function pngBeginning({ width, height }: { readonly width: number; readonly height: number }): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([SIGNATURE, part('IHDR', header), part('IDAT', Buffer.from([0x78, 0x01]))]);
}

/**
 * What a region's own PNG contributes to the whole image's: its compressed
 * rows, without what makes a stream of them. `undefined` for a file that was
 * not written so.
 */
export function regionRows(png: Buffer): Buffer | undefined {
  if (!png.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return undefined;
  for (let at = SIGNATURE.length; at + 12 <= png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') {
      if (length < HEADER_BYTES + TRAILER_BYTES) return undefined;
      return part('IDAT', png.subarray(at + 8 + HEADER_BYTES, at + 8 + length - TRAILER_BYTES));
    }
    at += length + 12;
  }
  return undefined;
}

function part(type: string, body: Buffer): Buffer {
  const bytes = Buffer.alloc(body.length + 12);
  bytes.writeUInt32BE(body.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(body, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + body.length)), 8 + body.length);
  return bytes;
}
