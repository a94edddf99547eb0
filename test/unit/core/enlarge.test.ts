import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enlargeImage, type Pixels } from '@tessera/core';
import sharp from 'sharp';
import { psnr } from '../../support/differences.js';

function pixels(width: number, height: number, level: (x: number, y: number, c: number) => number): Pixels {
  const data = new Uint8Array(3 * width * height);
  data.forEach((_, at) => {
    const pixel = Math.floor(at / 3);
    data[at] = level(pixel % width, Math.floor(pixel / width), at % 3);
  });
  return { width, height, data };
}

function enlarged(image: Pixels, width: number, height: number): Pixels {
  return enlargeImage(image, { width, height }).region({ x: 0, y: 0, width, height });
}

const texture = pixels(24, 16, (x, y, c) => 128 + 90 * Math.sin(x / 3 + c) * Math.cos(y / 2));

test('at its own size an image stays as it is', () => {
  assert.deepEqual(enlarged(texture, 24, 16), texture);
});

test('even areas stay even, and straight gradients straight', () => {
  assert.ok(
    enlarged(
      pixels(8, 8, () => 77),
      40,
      40,
    ).data.every((level) => level === 77),
  );
  const { data } = enlarged(
    pixels(16, 4, (x) => 10 * x),
    64,
    16,
  );
  for (let x = 8; x < 56; x++) {
    const exact = 10 * ((x + 0.5) / 4 - 0.5);
    // Rounded once.
    assert.ok(Math.abs((data[3 * (8 * 64 + x)] as number) - exact) <= 0.5, `${data[3 * (8 * 64 + x)]}, not ${exact}`);
  }
});

test('it is what other programs make of the image with this kernel', async () => {
  const raw = { width: 24, height: 16, channels: 3 } as const;
  const { data } = await sharp(texture.data, { raw })
    .resize({ width: 192, height: 128, kernel: 'cubic' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  // libvips tabulates the kernel, rounds between its two passes, and mirrors the image at its borders.
  const ratio = psnr(enlarged(texture, 192, 128), { width: 192, height: 128, data: new Uint8Array(data) });
  assert.ok(ratio > 40, `${ratio} dB`);
});

test('another aspect is covered, and cut evenly at both sides', () => {
  const halves = pixels(12, 12, (x) => (x < 6 ? 0 : 255));
  const wide = enlarged(halves, 48, 24);
  assert.deepEqual(wide.data.subarray(0, 3 * 48), enlarged(halves, 48, 48).data.subarray(3 * 48 * 12, 3 * 48 * 13));
  const tall = enlarged(halves, 24, 48);
  const row = Array.from({ length: 24 }, (_, x) => tall.data[3 * x] as number);
  row.forEach((level, x) => {
    assert.equal(level + (row[23 - x] as number), 255);
  });
});

test('an image is not made smaller', () => {
  assert.throws(() => enlargeImage(texture, { width: 12, height: 8 }), RangeError);
});

test('a part is that part of the whole, also beyond its end, where it goes on at its start', () => {
  const [width, height] = [100, 60];
  const image = enlargeImage(texture, { width, height });
  const whole = image.region({ x: 0, y: 0, width, height });
  for (const part of [
    { x: 7, y: 5, width: 30, height: 20 },
    { x: 84, y: 50, width: 40, height: 25 },
  ]) {
    const expected = pixels(part.width, part.height, (x, y, c) => {
      const at = ((part.y + y) % height) * width + ((part.x + x) % width);
      return whole.data[3 * at + c] as number;
    });
    assert.deepEqual(image.region(part), expected);
  }
});
