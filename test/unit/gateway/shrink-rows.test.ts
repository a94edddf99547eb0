import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PixelBand } from '@tessera/core';
import { shrinkRows } from '@tessera/gateway';

async function* bandsOf(width: number, heights: readonly number[], level: (x: number, y: number) => number) {
  let y = 0;
  for (const height of heights) {
    const data = Uint8Array.from({ length: 3 * width * height }, (_, at) => {
      const pixel = Math.floor(at / 3);
      return level(pixel % width, y + Math.floor(pixel / width)) + (at % 3);
    });
    yield { y, width, height, data } satisfies PixelBand;
    y += height;
  }
}

test('an image that fits stays as it is', async () => {
  const image = { width: 5, height: 4, bands: bandsOf(5, [1, 3], (x, y) => 10 * x + y) };
  const { width, height, data } = await shrinkRows(image, 8);
  assert.deepEqual([width, height], [5, 4]);
  assert.deepEqual([...data.subarray(0, 6)], [0, 1, 2, 10, 11, 12]);
});

test('each pixel is the mean of its square, whatever bands the rows come in; the rest is left out', async () => {
  for (const heights of [[7], [1, 2, 4], [3, 3, 1]]) {
    const image = { width: 9, height: 7, bands: bandsOf(9, heights, (x, y) => 10 * x + 2 * y) };
    const { width, height, data } = await shrinkRows(image, 4);
    assert.deepEqual([width, height], [4, 3]);
    // x = 2, 3 and y = 2, 3: 25 + 5.
    assert.equal(data[3 * (1 * 4 + 1)], 30);
    assert.equal(data[3 * (1 * 4 + 1) + 2], 32);
  }
});

test('a strip that is thinner than a square keeps one row of pixels', async () => {
  const image = { width: 40, height: 2, bands: bandsOf(40, [2], () => 60) };
  const { width, height, data } = await shrinkRows(image, 10);
  assert.deepEqual([width, height], [10, 1]);
  assert.ok(data.every((value, at) => value === 60 + (at % 3)));
});

test('missing rows are told', async () => {
  await assert.rejects(shrinkRows({ width: 4, height: 3, bands: bandsOf(4, [2], () => 0) }, 2), /1 rows are missing/);
});
