import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  alphasCumprodOf,
  betasOf,
  createNoiseStream,
  createScheduler,
  dpmSolverSchedule,
  eulerSchedule,
  resolveSchedulerConfig,
  SCHEDULER_NAMES,
  type SchedulerName,
  type SchedulerState,
} from '@tessera/core';

const f = Math.fround;
const SHAPE = [4, 5, 6];
const STEPS = 10;
const VALUES = { betaStart: 0.00085, betaEnd: 0.012, betaSchedule: 'scaled_linear', clipSample: false } as const;
const latent = { shape: SHAPE, data: Float32Array.from({ length: 120 }, (_, i) => Math.sin(i) * 1.5) };
const noise = createNoiseStream(3, SHAPE).at(0);

function open(name: SchedulerName, changes: object = {}) {
  const config = resolveSchedulerConfig({ ...VALUES, skipPrkSteps: true, ...changes }, name);
  return { config, scheduler: createScheduler(name, config, STEPS, { eta: 0 }) };
}

/** α and σ of α·x + σ·n at a step, as diffusers' add_noise of the class computes them. */
function levels(name: SchedulerName, stepIndex: number): readonly [number, number] {
  const { config, scheduler } = open(name);
  if (name === 'euler' || name === 'euler-ancestral')
    return [1, eulerSchedule(config, STEPS).sigmas[stepIndex] as number];
  if (name === 'dpmpp-2m') {
    const sigma = dpmSolverSchedule(config, STEPS).sigmas[stepIndex] as number;
    const alpha = 1 / Math.sqrt(sigma * sigma + 1);
    return [alpha, sigma * alpha];
  }
  const alphaCumprod = alphasCumprodOf(betasOf(config))[scheduler.timesteps[stepIndex] as number] as number;
  return [Math.sqrt(alphaCumprod), Math.sqrt(1 - alphaCumprod)];
}

for (const name of SCHEDULER_NAMES) {
  test(`${name}: a latent is noised to the level of each step`, () => {
    const { scheduler } = open(name);
    for (let stepIndex = 0; stepIndex < scheduler.timesteps.length; stepIndex++) {
      const [alpha, sigma] = levels(name, stepIndex);
      const { shape, data } = scheduler.addNoise(latent, noise, stepIndex);
      assert.deepEqual(shape, SHAPE);
      data.forEach((x, i) => {
        const expected = alpha * (latent.data[i] as number) + sigma * (noise.data[i] as number);
        // Three roundings to float32, and a root that is an ulp off here and there.
        assert.ok(
          Math.abs(x - expected) <= 4 * 2 ** -23 * Math.max(1, Math.abs(expected), sigma * 4),
          `${x} at step ${stepIndex}`,
        );
      });
    }
    assert.throws(() => scheduler.addNoise(latent, noise, scheduler.timesteps.length), RangeError);
    assert.throws(() => scheduler.addNoise(latent, { shape: [1], data: new Float32Array(1) }, 0), RangeError);
  });
}

test('each product and the sum round once', () => {
  const { scheduler } = open('euler');
  const sigma = eulerSchedule(open('euler').config, STEPS).sigmas[3] as number;
  const { data } = scheduler.addNoise(latent, noise, 3);
  data.forEach((x, i) => {
    assert.equal(x, f((latent.data[i] as number) + f(sigma * (noise.data[i] as number))));
  });
});

for (const name of ['ddim', 'pndm', 'euler', 'dpmpp-2m'] as const) {
  test(`${name}: the noise that was added is what a step takes away`, () => {
    // Timesteps of even spacing, so that one step leads to the next timestep's level.
    const { scheduler } = open(name, { timestepSpacing: 'leading', stepsOffset: 1 });
    for (const skipped of [0, 3, 8]) {
      const stepIndex = scheduler.startStep(skipped);
      const sample = scheduler.addNoise(latent, noise, stepIndex);
      const { state } = scheduler.step({ stepIndex, sample, history: [] }, noise);
      const next = scheduler.addNoise(latent, noise, stepIndex + 1);
      state.sample.data.forEach((x, i) => {
        // x̂₀ is got back by a subtraction that loses up to 5 bits at these noise levels.
        assert.ok(Math.abs(x - (next.data[i] as number)) < 1e-4, `${name} from ${stepIndex}: ${x}, ${next.data[i]}`);
      });
    }
  });
}

for (const name of ['ddim', 'pndm', 'euler', 'dpmpp-2m'] as const) {
  test(`${name}: a run from any step ends at the latent, when the network finds the noise`, () => {
    const { scheduler } = open(name, { timestepSpacing: 'leading', stepsOffset: 1, setAlphaToOne: true });
    for (const skipped of [0, 1, 2, 5, 9]) {
      const start = scheduler.startStep(skipped);
      let state: SchedulerState = { stepIndex: start, sample: scheduler.addNoise(latent, noise, start), history: [] };
      while (state.stepIndex < scheduler.timesteps.length) state = scheduler.step(state, noise).state;
      state.sample.data.forEach((x, i) => {
        // Rounding alone; one step too many or too few would leave a tenth of the noise.
        assert.ok(Math.abs(x - (latent.data[i] as number)) < 2e-4, `from ${start}: ${x}, not ${latent.data[i]}`);
      });
    }
  });
}

for (const name of ['ddpm', 'lcm', 'euler-ancestral'] as const) {
  test(`${name}: a run from any step needs no history, and takes the noise of its own steps`, () => {
    const { scheduler } = open(name);
    const draws = createNoiseStream(4, SHAPE);
    for (const skipped of [0, 5, 9]) {
      const start = scheduler.startStep(skipped);
      let state: SchedulerState = { stepIndex: start, sample: scheduler.addNoise(latent, noise, start), history: [] };
      while (state.stepIndex < scheduler.timesteps.length) {
        const [alpha, sigma] = levels(name, state.stepIndex);
        const found = state.sample.data.map((x, i) => (x - alpha * (latent.data[i] as number)) / sigma);
        const { stepIndex } = state;
        const drawn = scheduler.drawsNoise(stepIndex) ? draws.at(scheduler.noiseDraw(stepIndex)) : undefined;
        state = scheduler.step(state, { shape: SHAPE, data: found }, drawn).state;
      }
      state.sample.data.forEach((x, i) => {
        // The same network at every step: roundings alone.
        assert.ok(Math.abs(x - (latent.data[i] as number)) < 1e-3, `from ${start}: ${x}, not ${latent.data[i]}`);
      });
    }
  });
}
