import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutWindow, mergeWindows } from '@tessera/core';

const shape = [2, 6, 8];
const canvas = { shape, data: Float32Array.from({ length: 96 }, (_, i) => Math.sin(i)) };
const whole = { x: 0, y: 0, width: 8, height: 6 };
const left = { x: 0, y: 0, width: 5, height: 6 };
const right = { x: 3, y: 0, width: 5, height: 6 };

test('the window of the whole canvas is the canvas, untouched both ways', () => {
  assert.equal(cutWindow(canvas, whole), canvas);
  assert.equal(mergeWindows([canvas], [whole], shape), canvas);
});

test('a window holds the cells under it', () => {
  const { shape: cut, data } = cutWindow(canvas, { x: 2, y: 1, width: 3, height: 2 });
  assert.deepEqual(cut, [2, 2, 3]);
  assert.deepEqual(
    data,
    Float32Array.from([10, 11, 12, 18, 19, 20, 58, 59, 60, 66, 67, 68], (i) => canvas.data[i] as number),
  );
});

test('pieces of one canvas merge back to it', () => {
  const windows = [left, right];
  const merged = mergeWindows(
    windows.map((window) => cutWindow(canvas, window)),
    windows,
    shape,
  );
  merged.data.forEach((x, i) => {
    // A weighted mean of equal float32 values in float64, rounded once.
    assert.ok(Math.abs(x - (canvas.data[i] as number)) < 1e-7);
  });
});

test('where windows overlap, the one whose middle is nearer weighs more', () => {
  const constant = (value: number) => ({ shape: [1, 6, 5], data: new Float32Array(30).fill(value) });
  const { data } = mergeWindows([constant(0), constant(1)], [left, right], [1, 6, 8]);
  const row = Array.from(data.subarray(16, 24));
  assert.deepEqual(
    [row.slice(0, 3), row.slice(5)],
    [
      [0, 0, 0],
      [1, 1, 1],
    ],
  );
  assert.ok((row[3] as number) < 0.5 && (row[4] as number) > 0.5, String(row));
});
