import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWindowMerge, cutWindow, DEFAULT_TILING, mergeWindows, planWindows, type Tensor } from '@tessera/core';
import { hexFromFloat32 } from '../../support/goldens.js';
import { seededRandom } from '../../support/seeded-random.js';

const shape = [2, 6, 8] as const;
const canvas = { shape, data: Float32Array.from({ length: 96 }, (_, i) => Math.sin(i)) };
const whole = { x: 0, y: 0, width: 8, height: 6 };
const left = { x: 0, y: 0, width: 5, height: 6 };
const right = { x: 3, y: 0, width: 5, height: 6 };
const layout = { latentShape: shape, windows: [left, right] };

function constant(value: number): Tensor {
  return { shape: [2, 6, 5], data: new Float32Array(60).fill(value) };
}

test('the window of the whole canvas is the canvas, untouched both ways', () => {
  assert.equal(cutWindow(canvas, whole), canvas);
  assert.equal(mergeWindows([canvas], { latentShape: shape, windows: [whole] }), canvas);
});

test('a window holds the cells under it', () => {
  const { shape: cut, data } = cutWindow(canvas, { x: 2, y: 1, width: 3, height: 2 });
  assert.deepEqual(cut, [2, 2, 3]);
  assert.deepEqual(
    data,
    Float32Array.from([10, 11, 12, 18, 19, 20, 58, 59, 60, 66, 67, 68], (i) => canvas.data[i] as number),
  );
});

test('beyond the end of the canvas a window goes on at its start, in both axes', () => {
  const { data } = cutWindow(canvas, { x: 7, y: 5, width: 2, height: 2 });
  const cells = [47, 40, 7, 0];
  assert.deepEqual(
    data,
    Float32Array.from([...cells, ...cells.map((at) => at + 48)], (i) => canvas.data[i] as number),
  );
});

test('where one window covers a cell its value stays as it is, minus zero and the smallest numbers too', () => {
  const odd = [-0, 0, 2 ** -149, -(2 ** -149), 3.4e38, 1e-40].map(Math.fround);
  const piece = { shape: [2, 6, 5], data: Float32Array.from({ length: 60 }, (_, i) => odd[i % odd.length] as number) };
  const { data } = mergeWindows([piece, piece], layout);
  for (let row = 0; row < 12; row++) {
    const alone = [data.subarray(row * 8, row * 8 + 3), data.subarray(row * 8 + 5, row * 8 + 8)];
    const own = [piece.data.subarray(row * 5, row * 5 + 3), piece.data.subarray(row * 5 + 2, row * 5 + 5)];
    assert.deepEqual(alone.map(hexFromFloat32), own.map(hexFromFloat32));
  }
});

for (const scheme of ['ramp', 'pyramid'] as const) {
  test(`${scheme}: where windows overlap, the one whose middle is nearer weighs more`, () => {
    const { data } = mergeWindows([constant(0), constant(1)], { ...layout, tiling: { wrap: 'none', scheme } });
    const row = Array.from(data.subarray(16, 24));
    assert.deepEqual([row.slice(0, 3), row.slice(5)], [Array(3).fill(0), Array(3).fill(1)]);
    assert.ok((row[3] as number) < 0.5 && (row[3] as number) > 0, String(row));
    assert.ok((row[4] as number) > 0.5 && (row[4] as number) < 1, String(row));
  });
}

test('random canvases cut into windows merge back to themselves', () => {
  const random = seededRandom(5);
  const whole = (min: number, max: number) => min + Math.floor(random() * (max - min + 1));
  for (let i = 0; i < 60; i++) {
    const extent = { width: whole(3, 40), height: whole(3, 40) };
    const window = { width: whole(2, 16), height: whole(2, 16) };
    const overlap = whole(0, Math.min(extent.width, extent.height, window.width, window.height) - 1);
    const tiling = {
      overlap,
      wrap: (['none', 'x', 'y', 'both'] as const)[whole(0, 3)] ?? 'none',
      scheme: random() < 0.5 ? ('ramp' as const) : ('pyramid' as const),
    };
    const latentShape = [3, extent.height, extent.width] as const;
    const image = { shape: latentShape, data: new Float32Array(3 * extent.height * extent.width) };
    image.data.forEach((_, at) => {
      image.data[at] = 4 * random() - 2;
    });
    const windows = planWindows(extent, window, tiling);
    const pieces = windows.map((each) => cutWindow(image, each));
    const merged = mergeWindows(pieces, { latentShape, windows, tiling });
    // A cell is the sum of at most 256 products of one value with weights that sum to 1: each rounds once.
    const most = merged.data.reduce((max, x, at) => Math.max(max, Math.abs(x - (image.data[at] as number))), 0);
    assert.ok(most <= 2 * 64 * 2 ** -24, `${JSON.stringify({ extent, window, tiling })}: ${most}`);
  }
});

test('several canvases merge at once, each as it would alone', () => {
  const pieces = [0, 1].map((side) =>
    [left, right].map((window) => cutWindow({ ...canvas, data: canvas.data.map((x) => x + side) }, window)),
  );
  const merge = createWindowMerge(layout)(2);
  for (const i of [0, 1]) merge.add(pieces.map((ofSide) => ofSide[i] as Tensor));
  assert.deepEqual(
    merge.canvases().map(({ data }) => hexFromFloat32(data)),
    pieces.map((ofSide) => hexFromFloat32(mergeWindows(ofSide, layout).data)),
  );
});

test('a merge starts anew for every step, and refuses what does not belong', () => {
  const start = createWindowMerge(layout);
  const merge = start(1);
  assert.throws(() => merge.canvases(), /2 windows are missing/);
  merge.add([constant(1)]);
  assert.throws(() => merge.canvases(), /1 windows are missing/);
  assert.throws(() => merge.add([canvas]), /does not fit a window of \[2, 6, 5\]/);
  assert.throws(() => merge.add([]), RangeError);
  merge.add([constant(1)]);
  assert.throws(() => merge.add([constant(1)]), /there are 2 windows/);
  assert.ok(merge.canvases()[0]?.data.every((x) => Math.abs(x - 1) < 1e-7));
  const again = start(1);
  again.add([constant(2)]);
  again.add([constant(2)]);
  assert.equal(again.canvases()[0]?.data[0], 2);
});

test('windows that are no grid are refused', () => {
  const windows = [left, { ...right, y: 1 }];
  assert.throws(() => createWindowMerge({ ...layout, windows }), /no grid/);
  assert.throws(() => createWindowMerge({ ...layout, windows: [] }), /without windows/);
  assert.equal(DEFAULT_TILING.wrap, 'none');
});
