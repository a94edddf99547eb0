import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { pixelDifference, receiptDifferences, textOfPng } from '@tessera/cli';
import type { Receipt } from '@tessera/core';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function pngOf(...parts: readonly (readonly [type: string, body: Buffer])[]): Buffer {
  const encoded = parts.map(([type, body]) => {
    const part = Buffer.alloc(body.length + 12);
    part.writeUInt32BE(body.length, 0);
    part.write(type, 4, 'latin1');
    body.copy(part, 8);
    part.writeUInt32BE(crc32(part.subarray(4, 8 + body.length)), 8 + body.length);
    return part;
  });
  return Buffer.concat([SIGNATURE, ...encoded]);
}

test('text is read from tEXt and from iTXt, under its own keyword', () => {
  const png = pngOf(
    ['IHDR', Buffer.alloc(13)],
    ['tEXt', Buffer.from('parameters\0Steps: 20', 'latin1')],
    ['tEXt', Buffer.from('tessera\0{"a":1}', 'latin1')],
    ['iTXt', Buffer.from('other\0\0\0de\0anders\0grün', 'utf8')],
    ['IEND', Buffer.alloc(0)],
  );
  assert.equal(textOfPng(png, 'tessera'), '{"a":1}');
  assert.equal(textOfPng(png, 'other'), 'grün');
  assert.equal(textOfPng(png, 'missing'), undefined);
});

test('a file cut short or of another kind is no receipt', () => {
  const png = pngOf(['tEXt', Buffer.from('tessera\0{"a":1}', 'latin1')]);
  assert.equal(textOfPng(png.subarray(0, 14), 'tessera'), undefined);
  assert.throws(() => textOfPng(Buffer.from('GIF89a'), 'tessera'), { code: 'invalid_argument' });
});

test('receipts are compared in what decides the pixels and what they came to', () => {
  const receipt = { modelSha256: 'm', numericClass: 'c', timesteps: [999, 499], latentSha256: 'l', imageSha256: 'i' };
  assert.deepEqual(receiptDifferences(receipt as unknown as Receipt, { ...receipt } as unknown as Receipt), []);
  const elsewhere = { ...receipt, numericClass: 'd', latentSha256: 'k', timings: [] };
  assert.deepEqual(receiptDifferences(receipt as unknown as Receipt, elsewhere as unknown as Receipt), [
    { field: 'numeric_class', image: 'c', replay: 'd' },
    { field: 'latent_sha256', image: 'l', replay: 'k' },
  ]);
});

test('pixels are counted once, whichever channel differs', () => {
  const image = { width: 2, height: 1, data: new Uint8Array([10, 20, 30, 40, 50, 60]) };
  const replay = { ...image, data: new Uint8Array([10, 20, 30, 41, 50, 55]) };
  assert.deepEqual(pixelDifference(image, replay), { pixels: 2, differentPixels: 1, maxDifference: 5 });
  assert.throws(() => pixelDifference(image, { width: 1, height: 1, data: new Uint8Array(3) }), RangeError);
});
