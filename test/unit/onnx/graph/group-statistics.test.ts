import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BandNorm, channelScaling, encodeFloat16, measureGroups, type TypedTensor, takeRows } from '@tessera/onnx';
import { wave } from './sessions.js';

const [CHANNELS, GROUPS, ROWS, COLUMNS, STRIP] = [6, 3, 24, 10, 4] as const;

function normOf(epsilon: number): BandNorm {
  const scale = Array.from({ length: CHANNELS }, (_, c) => 1 + c / 10);
  const bias = Array.from({ length: CHANNELS }, (_, c) => c / 5 - 0.3);
  return { input: 'x', groups: GROUPS, epsilon, scale, bias, scaleInput: 'scale', shiftInput: 'shift' };
}

/** Scale and shift straight from the definition, two passes in float64. */
function direct(norm: BandNorm, values: ArrayLike<number>) {
  const groupElements = (CHANNELS / GROUPS) * ROWS * COLUMNS;
  return Array.from({ length: CHANNELS }, (_, c) => {
    const group = Math.floor((c * GROUPS) / CHANNELS);
    const own = Array.from({ length: groupElements }, (_, i) => values[group * groupElements + i] as number);
    const mean = own.reduce((sum, value) => sum + value, 0) / groupElements;
    const variance = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / groupElements;
    const factor = (norm.scale[c] as number) / Math.sqrt(variance + norm.epsilon);
    return { scale: factor, shift: (norm.bias[c] as number) - mean * factor };
  });
}

function assertScaling(image: TypedTensor, values: ArrayLike<number>): void {
  const norm = normOf(1e-6);
  const { scale, shift } = channelScaling(norm, [measureGroups(image, GROUPS, STRIP)]);
  for (const [c, expected] of direct(norm, values).entries()) {
    // One rounding to float32.
    assert.ok(Math.abs((scale[c] as number) - expected.scale) <= Math.abs(expected.scale) * 2 ** -23);
    assert.ok(Math.abs((shift[c] as number) - expected.shift) <= Math.abs(expected.shift) * 2 ** -23);
  }
}

test('merged statistics are those of the whole image', () => {
  const image = wave([1, CHANNELS, ROWS, COLUMNS]);
  assertScaling(image, image.data);
});

test('a mean a million times the deviation costs no digits', () => {
  const image = wave([1, CHANNELS, ROWS, COLUMNS]);
  const far = { ...image, data: image.data.map((value) => 1e6 + value) };
  assertScaling(far, far.data);
});

test('float16 images are measured by their values', () => {
  const image = wave([1, CHANNELS, ROWS, COLUMNS]);
  const rounded = image.data.map((value) => Math.round(value * 64) / 64);
  assertScaling({ dtype: 'float16', shape: image.shape, data: encodeFloat16(rounded) }, rounded);
});

test('the bits do not depend on where bands begin', () => {
  const image = wave([1, CHANNELS, ROWS, COLUMNS]);
  const scaling = (...cuts: readonly number[]) => {
    const borders = [0, ...cuts, ROWS];
    const bands = borders.slice(1).map((end, i) => takeRows(image, borders[i] as number, end));
    return channelScaling(
      normOf(1e-6),
      bands.map((band) => measureGroups(band, GROUPS, STRIP)),
    );
  };
  const whole = scaling();
  assert.deepEqual(scaling(4), whole);
  assert.deepEqual(scaling(8, 12, 20), whole);
  assert.deepEqual(scaling(4, 8, 12, 16, 20), whole);
});

test('an image of one value has no variance, and epsilon keeps the scale finite', () => {
  const image: TypedTensor = {
    dtype: 'float32',
    shape: [1, CHANNELS, ROWS, COLUMNS],
    data: new Float32Array(CHANNELS * ROWS * COLUMNS).fill(0.1),
  };
  const { scale } = channelScaling(normOf(1e-6), [measureGroups(image, GROUPS, STRIP)]);
  for (const [c, value] of scale.entries()) assert.ok(Math.abs(value - (1 + c / 10) * 1e3) < 1e-2);
});
