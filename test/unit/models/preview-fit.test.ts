import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Pixels, type PreviewMap, type Tensor, tensor } from '@tessera/core';
import { fitPreviewMap } from '@tessera/models';

const KNOWN: PreviewMap = {
  factors: [
    [0.3, -0.1, 0.2],
    [-0.2, 0.25, 0.1],
  ],
  bias: [0.1, -0.05, 0],
};

test('the map that painted the images is found again', () => {
  const latents = [latentOf(8, 12, 1), latentOf(8, 12, 2)];
  const { map, r2 } = fitPreviewMap(latents.map((latent) => ({ latent, pixels: painted(latent, KNOWN, 4) })));
  // Pixels are rounded to 1/127.5; averaged over 192 cells the weights are known to about 1e-3.
  const tolerance = 2e-3;
  map.factors.forEach((row, c) => {
    row.forEach((weight, i) => {
      assert.ok(Math.abs(weight - (KNOWN.factors[c]?.[i] as number)) < tolerance, `${c},${i}: ${weight}`);
    });
  });
  map.bias.forEach((weight, i) => {
    assert.ok(Math.abs(weight - (KNOWN.bias[i] as number)) < tolerance, `bias ${i}: ${weight}`);
  });
  for (const share of r2) assert.ok(share > 0.999 && share <= 1, `${share}`);
});

test('a constant channel does not make the fit fail', () => {
  const latent = tensor([1, 2, 2], new Float32Array(4));
  const { map } = fitPreviewMap([{ latent, pixels: { width: 2, height: 2, data: new Uint8Array(12).fill(255) } }]);
  for (const weight of [...(map.factors[0] ?? []), ...map.bias]) assert.ok(Number.isFinite(weight));
  // 1 within the ridge of 1e-6 over four cells.
  assert.ok(Math.abs((map.bias[0] as number) - 1) < 1e-6);
});

test('sizes that do not agree are refused', () => {
  const pixels = { width: 9, height: 8, data: new Uint8Array(9 * 8 * 3) };
  assert.throws(() => fitPreviewMap([{ latent: latentOf(2, 2, 1), pixels }]), { code: 'invalid_argument' });
  assert.throws(() => fitPreviewMap([]), { code: 'invalid_argument' });
});

/** Two channels of unrelated values in −1…1. */
function latentOf(height: number, width: number, seed: number): Tensor {
  const values = Float32Array.from({ length: 2 * height * width }, (_, i) => Math.sin(i * i * 0.7 + seed * 13.1 + i));
  return tensor([2, height, width], values);
}

function painted({ shape, data }: Tensor, map: PreviewMap, f: number): Pixels {
  const [, height = 0, width = 0] = shape;
  const pixels = new Uint8Array(height * f * width * f * 3);
  for (let y = 0; y < height * f; y++) {
    for (let x = 0; x < width * f; x++) {
      const cell = Math.floor(y / f) * width + Math.floor(x / f);
      for (let c = 0; c < 3; c++) {
        const sum = map.factors.reduce(
          (sum, row, channel) => sum + (row[c] as number) * (data[channel * height * width + cell] as number),
          map.bias[c] as number,
        );
        pixels[(y * width * f + x) * 3 + c] = Math.round((sum + 1) * 127.5);
      }
    }
  }
  return { width: width * f, height: height * f, data: pixels };
}
