import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWindowWeights, WINDOW_SCHEMES, type WindowScheme, windowAxis } from '@tessera/core';

const WINDOW = 16;
const OVERLAPS = Array.from({ length: WINDOW }, (_, i) => i);

function axis(canvas: number, overlap: number, wraps = false) {
  return windowAxis({ canvas, window: WINDOW, overlap, wraps });
}

/** Of every cell: the sum of the weights over it, the smallest of them, and how many there are. */
function totals(
  grid: { readonly x: ReturnType<typeof axis>; readonly y: ReturnType<typeof axis> },
  scheme: WindowScheme,
) {
  const { x, y } = grid;
  const weights = createWindowWeights(grid, scheme);
  const row = new Float32Array(x.window);
  const sums = new Float64Array(x.canvas * y.canvas);
  const counts = new Int32Array(sums.length);
  let least = 1;
  for (const [r, top] of y.starts.entries()) {
    for (const [c, left] of x.starts.entries()) {
      for (let windowRow = 0; windowRow < y.window; windowRow++) {
        weights.fillRow(c, r, windowRow, row);
        for (const [i, weight] of row.entries()) {
          const at = ((top + windowRow) % y.canvas) * x.canvas + ((left + i) % x.canvas);
          sums[at] = (sums[at] as number) + weight;
          counts[at] = (counts[at] as number) + 1;
          least = Math.min(least, weight);
        }
      }
    }
  }
  return { sums, counts, least };
}

for (const scheme of WINDOW_SCHEMES) {
  for (const wraps of [false, true]) {
    test(`${scheme}${wraps ? ', wrapped' : ''}: weights are above zero and sum to one over every cell`, () => {
      // Every extent and overlap along x; in y one canvas that is covered in every way. All pairs: `accept megapixel.3`.
      for (let canvas = 16; canvas <= 80; canvas++) {
        for (const overlap of OVERLAPS.filter((_, i) => (i + canvas) % 4 === 0)) {
          const { sums, counts, least } = totals({ x: axis(canvas, overlap, wraps), y: axis(23, 7) }, scheme);
          const label = `${canvas} cells, overlap ${overlap}`;
          assert.ok(least > 0, label);
          for (const [at, sum] of sums.entries()) {
            // Each weight is rounded to 24 bits, once for each axis and once for the product.
            assert.ok(
              Math.abs(sum - 1) <= (counts[at] as number) * 2 ** -24 + 3 * 2 ** -24,
              `${label}: ${sum} at ${at}`,
            );
            if (counts[at] === 1) assert.equal(sum, 1, label);
          }
        }
      }
    });
  }
}

test('ramps of two windows sum to one as they are, and rise from little', () => {
  const { x, y } = { x: axis(28, 4), y: axis(16, 4) };
  const weights = createWindowWeights({ x, y }, 'ramp');
  const [first, second] = [0, 1].map((column) => {
    const row = new Float32Array(16);
    weights.fillRow(column, 0, 0, row);
    return Array.from(row);
  }) as [number[], number[]];
  assert.deepEqual(first.slice(0, 12), Array(12).fill(1));
  const expected = [0, 1, 2, 3].map((i) => Math.sin((Math.PI / 2) * ((i + 0.5) / 4)) ** 2);
  second.slice(0, 4).forEach((weight, i) => {
    // One rounding to float32.
    assert.ok(Math.abs(weight - (expected[i] as number)) < 2 ** -24);
    assert.ok(Math.abs(weight + (first[12 + i] as number) - 1) < 2 ** -23);
  });
});

test('pyramids are LDM’s: the nearest border decides, between 0.01 and 0.5', () => {
  const grid = {
    x: windowAxis({ canvas: 7, window: 5, overlap: 3, wraps: false }),
    y: windowAxis({ canvas: 5, window: 5, overlap: 3, wraps: false }),
  };
  const weights = createWindowWeights(grid, 'pyramid');
  const row = new Float32Array(5);
  weights.fillRow(0, 0, 2, row);
  // In the middle row: 0.01, 0.25, 0.5, 0.25, 0.01, each over the sum with the other window, two cells on.
  const other = [undefined, undefined, 0.01, 0.25, 0.5];
  const expected = [0.01, 0.25, 0.5, 0.25, 0.01].map((w, i) =>
    other[i] === undefined ? 1 : w / (w + (other[i] as number)),
  );
  row.forEach((weight, i) => {
    assert.ok(Math.abs(weight - (expected[i] as number)) < 1e-6, `${weight} is not ${expected[i]}`);
  });
  weights.fillRow(0, 0, 0, row);
  assert.deepEqual(Array.from(row), [1, 1, 0.5, 0.5, 0.5], 'along the canvas’s edge all weigh the least');
});
