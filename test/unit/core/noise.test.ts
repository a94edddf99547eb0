import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNoiseStream, createTorchGenerator } from '@tessera/core';
import { hexFromFloat32, readGolden, sha256OfFloat32 } from '../../support/goldens.js';

interface NoiseGoldens {
  readonly noise: readonly { seed: bigint | number; n: number; values: string | null; sha256: string }[];
  readonly sequences: readonly { seed: number; draws: readonly { n: number; values: string }[] }[];
}

// Seeds above 2^53 do not survive JSON.parse; the file holds one, known here.
const exactSeed = (seed: bigint | number) => (Number(seed) === 2 ** 63 ? 2n ** 63n - 1n : BigInt(seed));

const goldens = readGolden<NoiseGoldens>('noise.json');

test('one draw after seeding equals torch.randn bit for bit', () => {
  assert.equal(goldens.noise.length, 60);
  for (const { seed, n, values, sha256 } of goldens.noise) {
    const drawn = createTorchGenerator(exactSeed(seed)).randn(n);
    if (values !== null) assert.equal(hexFromFloat32(drawn), values, `seed ${seed}, n ${n}`);
    assert.equal(sha256OfFloat32(drawn), sha256, `seed ${seed}, n ${n}`);
  }
});

test('several draws from one generator equal torch.randn bit for bit', () => {
  for (const { seed, draws } of goldens.sequences) {
    const generator = createTorchGenerator(seed);
    for (const [i, { n, values }] of draws.entries()) {
      assert.equal(hexFromFloat32(generator.randn(n)), values, `seed ${seed}, draw ${i} of ${n}`);
    }
  }
});

test('skipping leaves the generator where drawing would', () => {
  for (const { seed, draws } of goldens.sequences) {
    for (let kept = 0; kept < draws.length; kept++) {
      const generator = createTorchGenerator(seed);
      for (const { n } of draws.slice(0, kept)) generator.skip(n);
      const { n, values } = draws[kept] as (typeof draws)[number];
      assert.equal(hexFromFloat32(generator.randn(n)), values);
    }
  }
});

test('the low 32 bits of a seed count', () => {
  const expected = hexFromFloat32(createTorchGenerator(1).randn(20));
  assert.equal(hexFromFloat32(createTorchGenerator('4294967297').randn(20)), expected);
  assert.equal(
    hexFromFloat32(createTorchGenerator(-1).randn(3)),
    hexFromFloat32(createTorchGenerator(2n ** 64n - 1n).randn(3)),
  );
  assert.throws(() => createTorchGenerator(1.5), RangeError);
});

for (const shape of [
  [1, 2, 5],
  [4, 4, 4],
  [3, 3, 3],
  [2, 40, 40],
]) {
  test(`a noise stream of [${shape}] gives the same draws in any order`, () => {
    const generator = createTorchGenerator(42);
    const expected = Array.from({ length: 6 }, () => hexFromFloat32(generator.randn(shape.reduce((a, b) => a * b))));
    const stream = createNoiseStream(42, shape);
    for (const draw of [0, 1, 2, 5, 3, 3, 0, 4]) {
      const { shape: drawnShape, data } = stream.at(draw);
      assert.deepEqual(drawnShape, shape);
      assert.equal(hexFromFloat32(data), expected[draw], `draw ${draw}`);
    }
  });
}
