import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guidedPrediction } from '@tessera/core';

const f = Math.fround;
const tensorOf = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) });
const u = tensorOf(0.1, -0.7, 1.3, 0.25);
const c = tensorOf(0.3, -0.2, -1.1, 0.25);

test('guidance is u + g·(c − u), rounded to float32 at each operation', () => {
  const { data } = guidedPrediction(u, c, 7.5, 0);
  data.forEach((x, i) => {
    const [a, b] = [u.data[i] as number, c.data[i] as number];
    assert.equal(x, f(a + f(7.5 * f(b - a))));
  });
});

test('scale 0 is the unconditional prediction', () => {
  assert.deepEqual(guidedPrediction(u, c, 0, 0).data, u.data);
});

test('full rescale gives the standard deviation of the conditional prediction', () => {
  const deviation = (values: Float32Array) => {
    const mean = values.reduce((a, b) => a + b) / values.length;
    return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1));
  };
  const rescaled = deviation(guidedPrediction(u, c, 7.5, 1).data);
  const expected = deviation(c.data);
  // A few float32 roundings of the values and of the ratio.
  assert.ok(Math.abs(rescaled / expected - 1) < 1e-6, `${rescaled} ${expected}`);
  const half = deviation(guidedPrediction(u, c, 7.5, 0.5).data);
  assert.ok(half > expected && half < deviation(guidedPrediction(u, c, 7.5, 0).data));
});

test('a constant prediction has no deviation to rescale', () => {
  const flat = tensorOf(0.5, 0.5, 0.5, 0.5);
  assert.deepEqual(guidedPrediction(flat, flat, 3, 1).data, flat.data);
});

test('predictions of different sizes are refused', () => {
  assert.throws(() => guidedPrediction(u, tensorOf(1), 2, 0), RangeError);
});
