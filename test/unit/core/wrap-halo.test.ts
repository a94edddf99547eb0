import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Pixels, withHalo, withoutHalo, wrapHalo } from '@tessera/core';

const canvas = { shape: [2, 3, 4], data: Float32Array.from({ length: 24 }, (_, i) => i) };

test('a canvas gets its other side around it, along the axes that wrap', () => {
  const halo = wrapHalo({ wrap: 'x', scheme: 'ramp' }, 1);
  const { shape, data } = withHalo(canvas, halo);
  assert.deepEqual(shape, [2, 3, 6]);
  assert.deepEqual(Array.from(data.subarray(0, 12)), [3, 0, 1, 2, 3, 0, 7, 4, 5, 6, 7, 4]);
  const both = withHalo(canvas, wrapHalo({ wrap: 'both', scheme: 'ramp' }, 1));
  assert.deepEqual(both.shape, [2, 5, 6]);
  assert.deepEqual(Array.from(both.data.subarray(0, 6)), [11, 8, 9, 10, 11, 8]);
  assert.deepEqual(Array.from(both.data.subarray(24, 30)), [3, 0, 1, 2, 3, 0]);
  assert.deepEqual(Array.from(both.data.subarray(30, 36)), [23, 20, 21, 22, 23, 20]);
});

test('a halo may go around more than once', () => {
  const { shape, data } = withHalo(canvas, { x: 5, y: 0 });
  assert.deepEqual(shape, [2, 3, 14]);
  assert.deepEqual(Array.from(data.subarray(0, 14)), [3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0]);
});

test('a canvas that does not wrap stays as it is, and so does its image', () => {
  const none = wrapHalo(undefined, 4);
  const pixels: Pixels = { width: 1, height: 1, data: new Uint8Array(3) };
  assert.equal(withHalo(canvas, none), canvas);
  assert.equal(withoutHalo(pixels, none, 8), pixels);
});

test('the image is what lies inside the halo', () => {
  const halo = wrapHalo({ wrap: 'both', scheme: 'ramp' }, 1);
  const around = withHalo(canvas, halo);
  const [, height, width] = around.shape as [number, number, number];
  // A decoder that makes 2×2 pixels of each cell, of the first channel's value.
  const data = new Uint8Array(3 * 2 * width * 2 * height);
  data.forEach((_, at) => {
    const [x, y] = [Math.floor(at / 3) % (2 * width), Math.floor(at / 3 / (2 * width))];
    data[at] = around.data[Math.floor(y / 2) * width + Math.floor(x / 2)] as number;
  });
  const image = withoutHalo({ width: 2 * width, height: 2 * height, data }, halo, 2);
  assert.deepEqual([image.width, image.height], [8, 6]);
  image.data.forEach((level, at) => {
    const [x, y] = [Math.floor(at / 3) % 8, Math.floor(at / 24)];
    assert.equal(level, canvas.data[Math.floor(y / 2) * 4 + Math.floor(x / 2)]);
  });
});
