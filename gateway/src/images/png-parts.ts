import { crc32 } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Text that goes into a PNG under a keyword of Latin-1 letters. */
export interface PngText {
  readonly keyword: string;
  readonly text: string;
}

/** Signature and IHDR of 8-bit RGB (W3C PNG, third edition). */
export function pngHead(size: { readonly width: number; readonly height: number }): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size.width, 0);
  header.writeUInt32BE(size.height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([SIGNATURE, pngPart('IHDR', [header])]);
}

/** IEND. */
export function pngEnd(): Buffer {
  return pngPart('IEND', []);
}

/** tEXt where Latin-1 can hold the text, otherwise iTXt, which is UTF-8. */
export function pngText({ keyword, text }: PngText): Buffer {
  const name = Buffer.from(`${keyword}\0`, 'latin1');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Latin-1 is what tEXt holds.
  if (/^[\u0001-\u00ff]*$/.test(text)) return pngPart('tEXt', [name, Buffer.from(text, 'latin1')]);
  const uncompressedWithoutLanguage = Buffer.from([0, 0, 0, 0]);
  return pngPart('iTXt', [name, uncompressedWithoutLanguage, Buffer.from(text, 'utf8')]);
}

export function pngPart(type: string, bodies: readonly Uint8Array[]): Buffer {
  const { before, after } = pngPartAround(type, bodies);
  return Buffer.concat([before, ...bodies, after]);
}

/** What stands before and after the bodies: length and type, and the checksum. */
export function pngPartAround(
  type: string,
  bodies: readonly Uint8Array[],
): { readonly before: Buffer; readonly after: Buffer } {
  const before = Buffer.alloc(8);
  before.writeUInt32BE(
    bodies.reduce((length, body) => length + body.length, 0),
    0,
  );
  before.write(type, 4, 'latin1');
  const after = Buffer.alloc(4);
  after.writeUInt32BE(bodies.reduce((crc, body) => crc32(body, crc), crc32(before.subarray(4))));
  return { before, after };
}
