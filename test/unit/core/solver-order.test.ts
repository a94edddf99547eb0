import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createScheduler, dpmSolverSchedule, resolveSchedulerConfig } from '@tessera/core';

// x₀ ~ N(0, s²): the best possible ε is known, and so is the exact solution of the probability flow ODE,
// along which x scales with its marginal deviation.
const S2 = 0.25;

type Three = [number, number, number];

function errorOf(solverOrder: number, steps: number): number {
  const betas = { betaStart: 0.00085, betaEnd: 0.012, betaSchedule: 'scaled_linear' } as const;
  const values = { ...betas, useKarrasSigmas: true, finalSigmasType: 'sigma_min', lowerOrderFinal: false } as const;
  const config = resolveSchedulerConfig({ ...values, solverOrder }, 'dpmpp-2m');
  const { sigmas } = dpmSolverSchedule(config, steps);
  const deviation = (i: number) => Math.sqrt((S2 + (sigmas[i] as number) ** 2) / (1 + (sigmas[i] as number) ** 2));
  const scheduler = createScheduler('dpmpp-2m', config, steps, { eta: 0 });
  let state = scheduler.init({ shape: [1], data: Float32Array.of(deviation(0)) });
  while (state.stepIndex < steps - 1) {
    const sigma = sigmas[state.stepIndex] as number;
    const factor = sigma / Math.sqrt(1 + sigma ** 2) / deviation(state.stepIndex) ** 2;
    state = scheduler.step(state, { shape: [1], data: state.sample.data.map((x) => x * factor) }).state;
  }
  return Math.abs((state.sample.data[0] as number) - deviation(steps - 1));
}

test('the error falls with the step’s length as each order of DPM-Solver++ promises', () => {
  for (const steps of [20, 40, 80]) {
    const [first, second, third] = [1, 2, 3].map((order) => errorOf(order, steps) / errorOf(order, 2 * steps)) as Three;
    assert.ok(first > 1.9 && first < 2.1, `order 1, ${steps} steps: ${first}`);
    assert.ok(second > 3.5, `order 2, ${steps} steps: ${second}`);
    // Its first two steps are of lower order, so that it wins a constant, not a power.
    assert.ok(third > 3, `order 3, ${steps} steps: ${third}`);
  }
});

test('a higher order is nearer the exact solution', () => {
  for (const steps of [20, 40, 80]) {
    const [first, second, third] = [1, 2, 3].map((order) => errorOf(order, steps)) as Three;
    assert.ok(second < first / 5 && third < second / 3, `${steps} steps: ${first}, ${second}, ${third}`);
  }
});

test('a final step of no length changes nothing at any order', () => {
  for (const solverType of ['midpoint', 'heun'] as const) {
    const values = { useKarrasSigmas: true, finalSigmasType: 'sigma_min', solverType } as const;
    const scheduler = createScheduler('dpmpp-2m', resolveSchedulerConfig(values, 'dpmpp-2m'), 20, { eta: 0 });
    let state = scheduler.init({ shape: [1], data: Float32Array.of(1) });
    const samples = [];
    while (state.stepIndex < 20) {
      state = scheduler.step(state, { shape: [1], data: Float32Array.of(0.5) }).state;
      samples.push(state.sample.data[0] as number);
    }
    // The identity passes through x₀ and back: a few float32 roundings.
    assert.ok(
      Math.abs((samples[19] as number) - (samples[18] as number)) < 1e-6,
      `${solverType}: ${samples.slice(18)}`,
    );
  }
});
