import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Extent,
  gridOfStep,
  movedAxis,
  planWindows,
  sharedCells,
  type Tiling,
  WRAP_AXES,
  windowAxis,
  windowsOfStep,
  windowsPerStep,
} from '@tessera/core';

const WINDOW: Extent = { width: 16, height: 16 };
const MOVING: Tiling = { wrap: 'none', scheme: 'ramp', grid: 'moving' };

function layoutOf({ width, height }: Extent, tiling: Tiling) {
  return { latentShape: [1, height, width] as const, windows: planWindows({ width, height }, WINDOW, tiling), tiling };
}

test('every canvas is covered at every step by as many windows, none twice, which share no less than at rest', () => {
  for (const wrap of WRAP_AXES) {
    for (let overlap = 0; overlap < 16; overlap += 1) {
      for (let canvas = 16; canvas <= 80; canvas += 1) {
        const wraps = wrap === 'x' || wrap === 'both';
        const atRest = windowAxis({ canvas, window: 16, overlap, wraps });
        for (const share of [0, 0.1, 1 / 3, 0.5, 0.77, 1 - 2 ** -53]) {
          const axis = movedAxis(atRest, share);
          const { starts } = axis;
          assert.equal(starts.length, movedAxis(atRest, 0).starts.length);
          assert.ok(starts.every((start, i) => i === 0 || start > (starts[i - 1] as number)));
          assert.ok((starts[0] as number) >= 0);
          if (wraps) assert.ok((starts.at(-1) as number) < canvas);
          else assert.deepEqual([starts[0], starts.at(-1)], [0, canvas - 16]);
          if (starts.length === 1) continue;
          const least = Math.min(...starts.slice(1).map((_, i) => sharedCells(axis, i + 1)[0]));
          assert.ok(least >= overlap, `${canvas} cells, overlap ${overlap}, ${starts}`);
        }
      }
    }
  }
});

test('an axis with borders has one window more, one that is a circle as many', () => {
  const layout = layoutOf({ width: 64, height: 64 }, MOVING);
  assert.equal(layout.windows.length, 25);
  assert.equal(windowsPerStep(layout), 36);
  const panorama = layoutOf({ width: 64, height: 64 }, { ...MOVING, wrap: 'x' });
  assert.equal(windowsPerStep(panorama), (panorama.windows.length / 5) * 6);
});

test('steps have grids of their own, which lie evenly over all places, and the same every time', () => {
  const layout = layoutOf({ width: 64, height: 64 }, MOVING);
  const firsts = Array.from({ length: 11 }, (_, stepIndex) => gridOfStep(layout, stepIndex).x.starts[1] as number);
  // 1 … 11 cells from the border: as many places as steps, of which chance would leave out four.
  assert.ok(new Set(firsts).size >= 9, `${firsts}`);
  assert.ok(firsts.every((start) => start >= 1 && start <= 11));
  assert.deepEqual(windowsOfStep(layout, 7), windowsOfStep(structuredClone(layout), 7));
});

test('a fixed grid stays, one of a plan that says nothing too, and so does what has no room', () => {
  for (const grid of ['fixed', undefined] as const) {
    const { grid: _, ...tiling } = MOVING;
    const layout = layoutOf({ width: 64, height: 40 }, { ...tiling, ...(grid && { grid }) });
    assert.deepEqual(windowsOfStep(layout, 3), layout.windows);
  }
  const native = layoutOf({ width: 16, height: 16 }, MOVING);
  assert.deepEqual(windowsOfStep(native, 3), native.windows);
  const oneCellMore = layoutOf({ width: 17, height: 16 }, MOVING);
  assert.deepEqual(windowsOfStep(oneCellMore, 3), oneCellMore.windows);
});
