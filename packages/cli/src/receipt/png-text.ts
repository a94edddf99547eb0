import { TesseraError } from '@tessera/core';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * The text that a PNG holds under a keyword, in a tEXt or an uncompressed iTXt
 * part (W3C PNG, third edition, 11.3.3).
 *
 * @throws TesseraError `invalid_argument` when the bytes are no PNG.
 */
export function textOfPng(png: Buffer, keyword: string): string | undefined {
  if (!png.subarray(0, SIGNATURE.length).equals(SIGNATURE)) {
    throw new TesseraError('invalid_argument', 'the file is not a PNG');
  }
  for (let at = SIGNATURE.length; at + 12 <= png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    const text = textOfPart(type, body, keyword);
    if (text !== undefined) return text;
    at += length + 12;
  }
  return undefined;
}

function textOfPart(type: string, body: Buffer, keyword: string): string | undefined {
  if (type !== 'tEXt' && type !== 'iTXt') return undefined;
  const end = body.indexOf(0);
  if (body.toString('latin1', 0, end) !== keyword) return undefined;
  if (type === 'tEXt') return body.toString('latin1', end + 1);
  const compressed = body[end + 1] === 1;
  if (compressed) return undefined;
  const languageEnd = body.indexOf(0, end + 3);
  const translationEnd = body.indexOf(0, languageEnd + 1);
  return body.toString('utf8', translationEnd + 1);
}
