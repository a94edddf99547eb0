import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pixelsFromDecoded, previewPixels, TesseraError, unscaledLatent } from '@tessera/core';
import { modelCard } from '../../support/model-card.js';

const { latentFormat } = modelCard();

test('decoded values become bytes in rows of RGB, rounded half to even and clamped', () => {
  // 0 is 127.5 of 255, which rounds to the even 128; −253/255 is 1.
  const red = [0, -1, 1, 3, -3, -253 / 255];
  const decoded = { shape: [3, 2, 3], data: Float32Array.from([...red, ...red.map(() => -1), ...red.map(() => 1)]) };
  const { width, height, data } = pixelsFromDecoded(decoded);
  assert.deepEqual([width, height], [3, 2]);
  assert.deepEqual(
    Array.from({ length: 6 }, (_, i) => Array.from(data.subarray(3 * i, 3 * i + 3))),
    [128, 0, 255, 255, 0, 1].map((value) => [value, 0, 255]),
  );
});

test('other shapes are refused', () => {
  for (const shape of [[4, 1, 1], [1, 3, 1, 1], [3]]) {
    assert.throws(() => pixelsFromDecoded({ shape, data: new Float32Array(12) }), RangeError);
  }
});

test('a preview is the linear map of the denoised latent, one pixel a cell', () => {
  const plane = (...values: number[]) => values;
  const data = Float32Array.from([...plane(1, 0), ...plane(0, 0), ...plane(0, -2), ...plane(0, 4)]);
  const { width, height, data: pixels } = previewPixels({ shape: [4, 1, 2], data }, latentFormat);
  assert.deepEqual([width, height], [2, 1]);
  // Cell 0: (0.6, 0, −0.1); cell 1: (1.1, 1, −0.1): (x/2 + ½)·255, clamped.
  assert.deepEqual(Array.from(pixels), [204, 128, 115, 255, 255, 115]);
});

test('a model without a map has no linear preview', () => {
  const format = { ...latentFormat, preview: undefined };
  assert.throws(
    () => previewPixels({ shape: [4, 1, 1], data: new Float32Array(4) }, format),
    (error) => error instanceof TesseraError && error.code === 'failed_precondition',
  );
});

test('the decoder takes the latent divided by the scaling factor, plus the shift', () => {
  const latent = { shape: [4, 1, 1], data: Float32Array.of(1, 2, -1, 0) };
  const f = Math.fround;
  const format = { ...latentFormat, shiftFactor: 0.5 };
  assert.deepEqual(
    Array.from(unscaledLatent(latent, format).data),
    [1, 2, -1, 0].map((z) => f(f(z / f(0.18215)) + 0.5)),
  );
});

test('a format with statistics for each channel uses them instead of the shift', () => {
  const latent = { shape: [4, 1, 2], data: Float32Array.of(1, 2, 1, 2, 1, 2, 1, 2) };
  const format = { ...latentFormat, scalingFactor: 0.5, latentsMean: [0, 1, 2, 3], latentsStd: [1, 2, 3, 4] };
  assert.deepEqual(Array.from(unscaledLatent(latent, format).data), [2, 4, 5, 9, 8, 14, 11, 19]);
});
