import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countWindows, gridOf, planWindows, sharedCells, windowAxis, windowCount } from '@tessera/core';

const WINDOW = 16;
const EXTENTS = Array.from({ length: 65 }, (_, i) => 16 + i);
const OVERLAPS = Array.from({ length: WINDOW }, (_, i) => i);

/** Windows over each cell of an axis. */
function cover({ canvas, window, starts }: ReturnType<typeof windowAxis>): Int32Array {
  const covered = new Int32Array(canvas);
  for (const start of starts) {
    for (let i = 0; i < window; i++) {
      const cell = (start + i) % canvas;
      covered[cell] = (covered[cell] as number) + 1;
    }
  }
  return covered;
}

for (const wraps of [false, true]) {
  test(`${wraps ? 'a circle' : 'an axis'} of any extent is covered, by windows inside it, none twice`, () => {
    for (const canvas of EXTENTS) {
      for (const overlap of OVERLAPS) {
        const axis = windowAxis({ canvas, window: WINDOW, overlap, wraps });
        const label = JSON.stringify({ canvas, overlap, starts: axis.starts });
        assert.equal(axis.starts.length, windowCount({ canvas, window: WINDOW, overlap, wraps }), label);
        assert.ok(
          cover(axis).every((count) => count > 0),
          label,
        );
        assert.equal(new Set(axis.starts).size, axis.starts.length, label);
        for (const [i, start] of axis.starts.entries()) {
          assert.ok(Number.isInteger(start) && start >= 0, label);
          assert.ok(wraps ? start < canvas : start + WINDOW <= canvas, label);
          assert.ok(i === 0 || start > (axis.starts[i - 1] as number), label);
          const shared = sharedCells(axis, i);
          const neighbours = wraps
            ? shared
            : shared.filter((_, side) => (side === 0 ? i > 0 : i < axis.starts.length - 1));
          if (axis.starts.length > 1)
            assert.ok(
              neighbours.every((cells) => cells >= overlap),
              `${label} shares ${shared}`,
            );
        }
      }
    }
  });
}

test('the windows of an axis are as the formula says', () => {
  const starts = (canvas: number, overlap?: number) => windowAxis({ canvas, window: 16, overlap, wraps: false }).starts;
  assert.deepEqual(starts(16), [0]);
  assert.deepEqual(starts(17), [0, 1]);
  assert.deepEqual(starts(64), [0, 12, 24, 36, 48]);
  assert.deepEqual(starts(125).length, Math.ceil((125 - 4) / 12));
  assert.equal(starts(125).at(-1), 125 - 16);
  assert.deepEqual(starts(64, 0), [0, 16, 32, 48]);
  assert.equal(starts(80, 15).length, 65);
});

test('the windows of a circle are evenly spread, and no place is its border', () => {
  const circle = (canvas: number, overlap?: number) => windowAxis({ canvas, window: 16, overlap, wraps: true });
  assert.deepEqual(circle(64).starts, [0, 11, 21, 32, 43, 53]);
  assert.deepEqual(circle(16).starts, [0, 8]);
  assert.deepEqual(circle(64, 0).starts, [0, 16, 32, 48]);
  assert.deepEqual(sharedCells(circle(64), 0), [5, 5]);
  assert.deepEqual(sharedCells(circle(16), 1), [8, 8]);
});

test('a canvas shorter than a window in one axis and longer in the other has windows of its own extent there', () => {
  const windows = planWindows({ width: 8, height: 40 }, { width: 16, height: 16 }, { wrap: 'none', scheme: 'ramp' });
  assert.deepEqual(
    windows.map(({ x, y, width, height }) => [x, y, width, height]),
    [0, 12, 24].map((y) => [0, y, 8, 16]),
  );
});

test('a short circle takes a quarter of its own extent for overlap', () => {
  assert.deepEqual(windowAxis({ canvas: 8, window: 16, overlap: undefined, wraps: true }).starts, [0, 4]);
});

test('windows come row by row, and tell the axes that they were made from', () => {
  const tiling = { overlap: 3, wrap: 'y', scheme: 'ramp' } as const;
  const [canvas, window] = [
    { width: 30, height: 25 },
    { width: 16, height: 12 },
  ];
  const windows = planWindows(canvas, window, tiling);
  assert.equal(windows.length, countWindows(canvas, window, tiling));
  const order = windows.map(({ x, y }) => y * canvas.width + x);
  assert.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
  );
  const grid = gridOf({ latentShape: [4, 25, 30], windows, tiling });
  assert.deepEqual(grid.x, windowAxis({ canvas: 30, window: 16, overlap: 3, wraps: false }));
  assert.deepEqual(grid.y, windowAxis({ canvas: 25, window: 12, overlap: 3, wraps: true }));
});

test('counting windows makes none', () => {
  assert.equal(
    countWindows(
      { width: 2 ** 30, height: 2 ** 30 },
      { width: 2, height: 2 },
      { overlap: 1, wrap: 'both', scheme: 'ramp' },
    ),
    2 ** 60,
  );
});
