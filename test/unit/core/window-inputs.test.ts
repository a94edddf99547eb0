import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_LIMITS, parseGenerationRequest, planGeneration, windowInputs } from '@tessera/core';
import { modelCard } from '../../support/model-card.js';

const card = modelCard();
const sdxl = modelCard({
  denoiser: {
    ...card.denoiser,
    inputs: [...card.denoiser.inputs, { name: 'time_ids', shape: [6], type: 'float32' }],
    timestepCondDim: 4,
  },
});

test('SDXL is told the whole image and where in it the window begins, rows first, in pixels', () => {
  const context = { tenant: 't', models: [sdxl], defaultModel: 'small', drawSeed: () => 1, limits: DEFAULT_LIMITS };
  const plan = planGeneration(parseGenerationRequest({ prompt: 'x', width: 320, height: 200 }, context), sdxl);
  const timeIds = plan.windows.map((window) => {
    const { time_ids, timestep_cond } = windowInputs(plan, window);
    assert.deepEqual(timestep_cond?.data, Float32Array.from(plan.denoiserInputs.timestep_cond?.data ?? []));
    return Array.from(time_ids?.data ?? []);
  });
  assert.equal(plan.windows.length, 6);
  assert.deepEqual(
    timeIds,
    plan.windows.map(({ x, y }) => [200, 320, 8 * y, 8 * x, 200, 320]),
  );
  assert.deepEqual(timeIds.at(-1), [200, 320, 72, 192, 200, 320]);
});
