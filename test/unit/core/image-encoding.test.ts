import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encoderInput, type LatentFormat, latentFromMoments, unscaledLatent } from '@tessera/core';

const format: LatentFormat = { channels: 2, scalingFactor: 0.18215, shiftFactor: 0, spatialCompression: 8 };

test('levels become −1…1, channel by channel', () => {
  const { shape, data } = encoderInput({ width: 2, height: 1, data: Uint8Array.of(0, 51, 255, 128, 1, 2) });
  assert.deepEqual(shape, [3, 1, 2]);
  const exact = [0, 128, 51, 1, 255, 2].map((level) => (2 * level) / 255 - 1);
  // Two roundings to float32.
  data.forEach((value, i) => {
    assert.ok(Math.abs(value - (exact[i] as number)) <= 2 ** -23, `${value} is not ${exact[i]}`);
  });
  assert.equal(data[0], -1);
  assert.equal(data[4], 1);
});

test('the mean is scaled as the decoder will unscale it, and the variance is left out', () => {
  const mean = Float32Array.of(1.5, -2, 0.25, 3);
  const formats: readonly LatentFormat[] = [
    format,
    { ...format, scalingFactor: 0.3611, shiftFactor: 0.1159 },
    { ...format, scalingFactor: 0.5, latentsMean: [0.5, -1], latentsStd: [2, 3] },
  ];
  for (const each of formats) {
    const latent = latentFromMoments({ shape: [4, 1, 2], data: Float32Array.of(...mean, 9, 9, 9, 9) }, each);
    assert.deepEqual(latent.shape, [2, 1, 2]);
    // There and back are three roundings each way, of values below 4.
    unscaledLatent(latent, each).data.forEach((value, i) => {
      assert.ok(Math.abs(value - (mean[i] as number)) <= 6 * 2 ** -22, `${value} is not ${mean[i]}`);
    });
  }
  assert.equal(
    latentFromMoments({ shape: [4, 1, 1], data: Float32Array.of(1, 2, 0, 0) }, format).data[0],
    Math.fround(0.18215),
  );
});

test('another shape is refused', () => {
  assert.throws(() => latentFromMoments({ shape: [2, 1, 1], data: new Float32Array(2) }, format), RangeError);
});
