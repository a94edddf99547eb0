import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DEFAULT_LIMITS,
  imageSeed,
  type ModelCard,
  parseGenerationRequest,
  planGeneration,
  usesGuidance,
  windowsPerStep,
} from '@tessera/core';
import { modelCard } from '../../support/model-card.js';

const card = modelCard();

function plan(input: object, model: ModelCard = card) {
  const context = { tenant: 't', models: [model], defaultModel: model.name, drawSeed: () => 1, limits: DEFAULT_LIMITS };
  return planGeneration(parseGenerationRequest({ prompt: 'x', ...input }, context), model);
}

test('one window covers a canvas of native size or smaller, and nothing tells of tiling', () => {
  for (const overlap of [undefined, 0, 7]) {
    const { latentShape, windows, tiling, compose } = plan({ width: 96, height: 128, overlap });
    assert.deepEqual(latentShape, [4, 16, 12]);
    assert.deepEqual(windows, [{ x: 0, y: 0, width: 12, height: 16 }]);
    assert.deepEqual([tiling, compose], [undefined, undefined]);
  }
});

test('a canvas larger than native is covered by windows of native size, each an evaluation', () => {
  const made = plan({ width: 136, height: 1000, steps: 5, count: 2, windowScheme: 'pyramid' });
  assert.deepEqual(made.latentShape, [4, 125, 17]);
  assert.equal(made.windows.length, 2 * 11);
  assert.ok(made.windows.every(({ width, height }) => width === 16 && height === 16));
  // Windows that move are one more along each axis.
  assert.equal(windowsPerStep(made), 2 * 12);
  assert.equal(made.evaluations, 5 * 2 * 24 * 2);
  assert.deepEqual(made.tiling, { wrap: 'none', scheme: 'pyramid', grid: 'moving' });
  const fixed = plan({ width: 136, height: 1000, steps: 5, count: 2, windowGrid: 'fixed' });
  assert.equal(fixed.evaluations, 5 * 2 * 22 * 2);
  assert.deepEqual(fixed.windows, made.windows);
  assert.equal(plan({ width: 512, height: 512 }).windows.length, 25);
  assert.equal(plan({ width: 512, height: 512, overlap: 0 }).windows.length, 16);
});

test('a texture of native size takes windows across its border', () => {
  const { windows, tiling } = plan({ wrap: 'x' });
  assert.deepEqual(
    windows.map(({ x }) => x),
    [0, 8],
  );
  assert.deepEqual(tiling, { wrap: 'x', scheme: 'ramp', grid: 'moving' });
});

test('windows are of the size that a denoiser was exported for', () => {
  const fixedSize = { width: 12, height: 8 };
  const model = modelCard({ denoiser: { ...card.denoiser, fixedSize } });
  const { windows } = plan({ width: 256, height: 64 }, model);
  assert.ok(windows.every(({ width, height }) => width === 12 && height === 8));
  assert.deepEqual(
    windows.map(({ x, y }) => [x, y]),
    [0, 7, 13, 20].map((x) => [x, 0]),
  );
});

test('guidance doubles the evaluations of every image; scale 1 has none', () => {
  assert.equal(plan({ steps: 7, count: 3 }).evaluations, 7 * 2 * 3);
  for (const guidanceScale of [0, 0.5, 1.5]) assert.equal(usesGuidance(plan({ guidanceScale })), true);
  const unguided = plan({ steps: 7, count: 3, guidanceScale: 1 });
  assert.equal(usesGuidance(unguided), false);
  assert.equal(unguided.evaluations, 7 * 3);
});

test('a scheduler that evaluates more often than asked is counted as it runs', () => {
  const plms = modelCard({ schedulerConfig: { ...card.schedulerConfig, skipPrkSteps: true } });
  const { steps, timesteps, evaluations } = plan({ scheduler: 'pndm', steps: 6, guidanceScale: 1 }, plms);
  assert.deepEqual([steps, timesteps.length, evaluations], [6, 7, 7]);
});

test('the model’s explicit values and the running class’s defaults make the configuration', () => {
  const model = modelCard({ schedulerConfig: { betaEnd: 0.012, clipSample: true, timestepSpacing: 'trailing' } });
  assert.equal(plan({ scheduler: 'ddim' }, model).schedulerConfig.clipSample, true);
  assert.equal(plan({ scheduler: 'euler' }, model).schedulerConfig.clipSample, false);
  assert.equal(plan({ scheduler: 'lcm' }, model).schedulerConfig.betaStart, 0.00085);
  assert.equal(plan({ scheduler: 'ddim' }, model).schedulerConfig.betaStart, 0.0001);
  assert.deepEqual(plan({ scheduler: 'ddim', steps: 4 }, model).timesteps, [999, 749, 499, 249]);
});

test('previews follow every n-th step', () => {
  assert.deepEqual(plan({ steps: 10, preview: { everySteps: 4 } }).previewSteps, [3, 7]);
  assert.deepEqual(plan({ steps: 4, preview: { everySteps: 1 } }).previewSteps, [0, 1, 2, 3]);
  assert.deepEqual(plan({ steps: 4, preview: { everySteps: 5 } }).previewSteps, []);
  assert.deepEqual(plan({ steps: 4 }).previewSteps, []);
});

test('SDXL is told original size, crop and target size, heights first', () => {
  const { inputs } = card.denoiser;
  const sdxl = modelCard({
    denoiser: { ...card.denoiser, inputs: [...inputs, { name: 'time_ids', shape: [6], type: 'float32' }] },
  });
  assert.deepEqual(plan({ width: 96, height: 128 }, sdxl).denoiserInputs, {
    time_ids: { shape: [6], data: [128, 96, 0, 0, 128, 96] },
  });
});

test('a network that takes the guidance scale is evaluated once a step', () => {
  const lcm = modelCard({ denoiser: { ...card.denoiser, timestepCondDim: 256 } });
  const made = plan({ scheduler: 'lcm', steps: 4, guidanceScale: 8.5 }, lcm);
  assert.equal(usesGuidance(made), false);
  assert.equal(made.evaluations, 4);
  const { shape, data } = made.denoiserInputs.timestep_cond ?? { shape: [], data: [] };
  assert.deepEqual(shape, [256]);
  // The ends of the spectrum: w = 7500 at frequency 1, and w / 10⁴ at the last. Float32 angles of 7500 are 5e-4 apart.
  assert.ok(Math.abs((data[0] as number) - Math.sin(7500)) < 5e-4);
  assert.ok(Math.abs((data[127] as number) - Math.sin(0.75)) < 1e-6);
  assert.ok(Math.abs((data[255] as number) - Math.cos(0.75)) < 1e-6);
});

test('image i is made from seed + i', () => {
  assert.equal(imageSeed(plan({ seed: 41 }), 1), 42n);
  assert.equal(imageSeed(plan({ seed: '18446744073709551615' }), 2), 1n);
});

test('a plan is plain data and does not depend on when it is made', () => {
  const made = plan({ seed: 1, count: 2, preview: { everySteps: 2 } });
  assert.deepEqual(JSON.parse(JSON.stringify(made)), made);
  assert.deepEqual(plan({ seed: 1, count: 2, preview: { everySteps: 2 } }), made);
});

test('the memory forecast grows with canvas and count', () => {
  const one = plan({}).peakMemoryBytes;
  assert.ok(one > 4 * 4 * 16 * 16 && one < 1e6, String(one));
  assert.equal(plan({ count: 3 }).peakMemoryBytes, 3 * one);
  assert.ok(plan({ width: 64 }).peakMemoryBytes < one);
  const image = 3 * 3 * 2048 * 2048;
  const large = plan({ width: 2048, height: 2048 }).peakMemoryBytes;
  assert.ok(large > image && large < 2 * image, String(large));
  assert.ok(plan({ width: 2048, height: 2048, overlap: 8 }).peakMemoryBytes > large, 'more windows are more memory');
});
