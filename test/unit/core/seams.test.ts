import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createSeamMeter,
  type Pixels,
  planWindows,
  SEAM_ALARM,
  seamEdgesOf,
  seamFigures,
  type Tiling,
} from '@tessera/core';
import { seededRandom } from '../../support/seeded-random.js';

const CELL = 8;

function planOf(width: number, height: number, tiling: Tiling) {
  const canvas = { width: width / CELL, height: height / CELL };
  const windows = planWindows(canvas, { width: 16, height: 16 }, tiling);
  return { latentShape: [4, canvas.height, canvas.width] as const, windows, tiling, height };
}

const RAMP: Tiling = { wrap: 'none', scheme: 'ramp' };

/** A picture of soft discs and grain, which has edges everywhere and seams nowhere. */
function picture(width: number, height: number, seed: number): Pixels {
  const random = seededRandom(seed);
  const tones = new Float32Array(width * height).fill(120);
  for (let disc = 0; disc < 40; disc++) {
    const [left, top, radius, tone] = [random() * width, random() * height, 8 + random() * 60, random() * 160 - 80];
    for (let y = Math.max(0, Math.floor(top - radius)); y < Math.min(height, top + radius); y++) {
      for (let x = Math.max(0, Math.floor(left - radius)); x < Math.min(width, left + radius); x++) {
        const inside = Math.min(1, Math.max(0, (radius - Math.hypot(x - left, y - top)) / 4));
        tones[y * width + x] = (tones[y * width + x] as number) + tone * inside;
      }
    }
  }
  const data = new Uint8Array(3 * width * height);
  data.forEach((_, at) => {
    data[at] = Math.min(255, Math.max(0, (tones[Math.floor(at / 3)] as number) + 4 * random()));
  });
  return { width, height, data };
}

/** Every other window of a hard stitch is brighter. */
function stitched(image: Pixels, step: number): Pixels {
  const data = image.data.map((level, at) => {
    const pixel = Math.floor(at / 3);
    const column = Math.floor((pixel % image.width) / (16 * CELL));
    const row = Math.floor(Math.floor(pixel / image.width) / (16 * CELL));
    return (column + row) % 2 === 0 ? level : Math.min(255, level + step);
  });
  return { ...image, data };
}

test('edges are where windows begin and end inside the image, and where bands begin', () => {
  assert.deepEqual(seamEdgesOf(planOf(512, 256, RAMP)), {
    x: [96, 128, 192, 224, 288, 320, 384, 416],
    y: [64, 128, 192],
    period: 8,
  });
  assert.equal(seamEdgesOf(planOf(128, 128, RAMP)), undefined);
  assert.deepEqual(seamEdgesOf(planOf(128, 128, RAMP), [0, 64])?.y, [64]);
  assert.deepEqual(seamEdgesOf(planOf(128, 64, { wrap: 'x', scheme: 'ramp' })), { x: [0, 64], y: [], period: 8 });
});

test('a picture without seams has figures of about 1', () => {
  const figures = [1, 2, 3, 4, 5].map((seed) => {
    const edges = seamEdgesOf(planOf(512, 512, RAMP));
    assert.ok(edges);
    return seamFigures(picture(512, 512, seed), edges);
  });
  for (const { ratio, toneStep } of figures) {
    // Random content: sixteen lines of one picture stand out or fall back by a few percent together.
    assert.ok(ratio > 0.85 && ratio < SEAM_ALARM, `ratio ${ratio}`);
    assert.ok(toneStep > 0.7 && toneStep < 1.4, `tone step ${toneStep}`);
  }
});

test('a hard stitch is told by gradient and tone, and the worst edge lies on it', () => {
  const tiling: Tiling = { ...RAMP, overlap: 0 };
  const edges = seamEdgesOf(planOf(512, 512, tiling));
  assert.ok(edges);
  const plain = seamFigures(picture(512, 512, 9), edges);
  for (const step of [6, 24]) {
    const { ratio, toneStep, worst } = seamFigures(stitched(picture(512, 512, 9), step), edges);
    assert.ok(ratio > SEAM_ALARM, `a step of ${step} levels gives ${ratio}`);
    // In a busy picture six levels are lost among its own tones.
    assert.ok(step < 24 || toneStep > 1.2 * plain.toneStep, `${step} levels give a tone step of ${toneStep}`);
    assert.ok([128, 256, 384].includes(worst.position) && worst.ratio >= ratio);
  }
});

test('one bad edge is named with its axis, also between bands', () => {
  const image = picture(256, 256, 4);
  const data = image.data.map((level, at) => (at < 3 * 256 * 176 ? level : Math.min(255, level + 30)));
  const edges = seamEdgesOf(planOf(256, 256, RAMP), [176]);
  assert.ok(edges);
  assert.ok(edges.y.includes(176));
  const { worst } = seamFigures({ ...image, data }, edges);
  assert.deepEqual([worst.axis, worst.position], ['y', 176]);
});

test('a border that should go on at the other side is measured across it', () => {
  const edges = seamEdgesOf(planOf(256, 128, { wrap: 'x', scheme: 'ramp' }));
  assert.ok(edges);
  const width = 256;
  const tone = (f: (x: number) => number) => {
    const data = Uint8Array.from({ length: 3 * width * 128 }, (_, at) => f(Math.floor(at / 3) % width));
    return seamFigures({ width, height: 128, data }, edges);
  };
  assert.ok(tone((x) => 128 + 100 * Math.sin((2 * Math.PI * x) / width)).ratio < SEAM_ALARM, 'a circle');
  const broken = tone((x) => (x * 255) / width);
  assert.deepEqual([broken.worst.axis, broken.worst.position], ['x', 0]);
  assert.ok(broken.ratio > SEAM_ALARM);
});

test('what cannot be seen is no seam: even areas, and steps of a fraction of a level', () => {
  const edges = seamEdgesOf(planOf(256, 256, RAMP));
  assert.ok(edges);
  const even = { width: 256, height: 256, data: new Uint8Array(3 * 256 * 256).fill(255) };
  assert.deepEqual(seamFigures(even, edges), { ratio: 1, toneStep: 1, worst: { axis: 'x', position: 64, ratio: 1 } });
});

test('rows may come in any pieces, and are not kept', () => {
  const image = picture(256, 192, 6);
  const edges = seamEdgesOf(planOf(256, 192, RAMP), [40]);
  assert.ok(edges);
  const meter = createSeamMeter(image, edges);
  const buffer = new Uint8Array(3 * 256 * 40);
  for (let y = 0; y < 192; y += 40) {
    const rows = image.data.subarray(3 * 256 * y, 3 * 256 * Math.min(192, y + 40));
    buffer.set(rows);
    meter.add(buffer.subarray(0, rows.length));
    buffer.fill(0);
  }
  assert.deepEqual(meter.figures(), seamFigures(image, edges));
});

test('half rows, too many and too few are refused', () => {
  const edges = seamEdgesOf(planOf(256, 128, RAMP));
  assert.ok(edges);
  const meter = createSeamMeter({ width: 256, height: 128 }, edges);
  assert.throws(() => meter.add(new Uint8Array(3 * 128)), RangeError);
  assert.throws(() => meter.figures(), /128 rows are missing/);
  assert.throws(() => meter.add(new Uint8Array(3 * 256 * 129)), RangeError);
});
