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

/** Soft discs and grain all over, alike everywhere: edges in every line, and seams in none. */
function picture(width: number, height: number, seed: number): Pixels {
  const random = seededRandom(seed);
  const tones = new Float32Array(width * height).fill(120);
  for (let disc = 0; disc < (width * height) / 400; disc++) {
    const [left, top, radius, tone] = [random() * width, random() * height, 4 + random() * 12, random() * 80 - 40];
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

test('the figures are those of their definition', () => {
  const image = picture(64, 48, 3);
  const edges = { x: [16, 40], y: [24], period: 8 };
  const level = (x: number, y: number, c: number) => image.data[3 * (y * image.width + x) + c] as number;
  const meanOver = (lineOf: (x: number, y: number, c: number) => number, axis: 'x' | 'y', line: number) => {
    const length = axis === 'x' ? image.height : image.width;
    let sum = 0;
    for (let i = 0; i < 3 * length; i++) {
      const [along, c] = [Math.floor(i / 3), i % 3];
      sum += axis === 'x' ? lineOf(line, along, c) : lineOf(along, line, c);
    }
    return sum / (3 * length);
  };
  const shifted = (axis: 'x' | 'y', by: number) => (x: number, y: number, c: number) =>
    axis === 'x' ? level(x + by, y, c) : level(x, y + by, c);
  const figures = {
    gradient: (axis: 'x' | 'y', line: number) =>
      meanOver((x, y, c) => Math.abs(level(x, y, c) - shifted(axis, -1)(x, y, c)), axis, line),
    bend: (axis: 'x' | 'y', line: number) =>
      meanOver(
        (x, y, c) => Math.abs(shifted(axis, 1)(x, y, c) - 2 * level(x, y, c) + shifted(axis, -1)(x, y, c)),
        axis,
        line,
      ),
    tone: (axis: 'x' | 'y', line: number) => {
      const strip = (from: number) =>
        Array.from({ length: 8 }, (_, i) => meanOver(level, axis, from + i)).reduce((sum, tone) => sum + tone / 8, 0);
      return Math.abs(strip(line) - strip(line - 8));
    },
  };
  const interior = { x: [8, 24, 32, 48, 56], y: [8, 16, 32, 40] };
  const expected = (figure: (axis: 'x' | 'y', line: number) => number) => {
    const ratios = (['x', 'y'] as const).flatMap((axis) => {
      const sorted = interior[axis].map((line) => figure(axis, line)).sort((a, b) => a - b);
      const middle = sorted.length / 2;
      const median = ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2;
      return edges[axis].map((edge) => (figure(axis, edge) + 0.1) / (median + 0.1));
    });
    return ratios.reduce((sum, ratio) => sum + ratio / ratios.length, 0);
  };
  const measured = seamFigures(image, edges);
  // Sums of the same float64 terms in another order.
  const near = (value: number, other: number) => assert.ok(Math.abs(value - other) < 1e-9, `${value} is not ${other}`);
  near(measured.ratio, expected(figures.gradient));
  near(measured.secondDifference, expected(figures.bend));
  near(measured.toneStep, expected(figures.tone));
});

test('a picture without seams has figures of about 1', () => {
  const figures = [1, 2, 3, 4, 5].map((seed) => {
    const edges = seamEdgesOf(planOf(512, 512, RAMP));
    assert.ok(edges);
    return seamFigures(picture(512, 512, seed), edges);
  });
  const mean = (key: 'ratio' | 'secondDifference' | 'zScore') =>
    figures.reduce((sum, each) => sum + each[key] / figures.length, 0);
  // Lines of one picture differ by up to a fifth, where its discs happen to lie; a figure is of sixteen of them.
  for (const { ratio } of figures) assert.ok(ratio > 0.85 && ratio < SEAM_ALARM, `ratio ${ratio}`);
  assert.ok(Math.abs(mean('ratio') - 1) < 0.05, `ratio ${mean('ratio')}`);
  assert.ok(Math.abs(mean('secondDifference') - 1) < 0.05, `second difference ${mean('secondDifference')}`);
  assert.ok(Math.abs(mean('zScore')) < 0.5, `z-score ${mean('zScore')}`);
});

test('a hard stitch is told by gradient, bend and tone, and the worst edge lies on it', () => {
  const tiling: Tiling = { ...RAMP, overlap: 0 };
  const edges = seamEdgesOf(planOf(512, 512, tiling));
  assert.ok(edges);
  for (const step of [6, 24]) {
    const { ratio, secondDifference, zScore, worst } = seamFigures(stitched(picture(512, 512, 9), step), edges);
    assert.ok(ratio > SEAM_ALARM, `a step of ${step} levels gives ${ratio}`);
    assert.ok(
      secondDifference > SEAM_ALARM,
      `a step of ${step} levels gives a second difference of ${secondDifference}`,
    );
    assert.ok(zScore > 3, `a step of ${step} levels gives a z-score of ${zScore}`);
    assert.ok([128, 256, 384].includes(worst.position) && worst.ratio >= ratio);
  }
});

test('a tone that is another on one side of an edge is a tone step', () => {
  const edges = seamEdgesOf(planOf(256, 128, { ...RAMP, overlap: 0 }));
  assert.ok(edges);
  const image = picture(256, 128, 5);
  const data = image.data.map((level, at) => (Math.floor(at / 3) % 256 < 128 ? level : Math.min(255, level + 24)));
  assert.ok(seamFigures({ ...image, data }, edges).toneStep > 2 * seamFigures(image, edges).toneStep);
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

test('what cannot be seen is no seam: even areas', () => {
  const edges = seamEdgesOf(planOf(256, 256, RAMP));
  assert.ok(edges);
  const even = { width: 256, height: 256, data: new Uint8Array(3 * 256 * 256).fill(255) };
  assert.deepEqual(seamFigures(even, edges), {
    ...{ ratio: 1, secondDifference: 1, toneStep: 1, zScore: 0 },
    worst: { axis: 'x', position: 64, ratio: 1 },
  });
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
