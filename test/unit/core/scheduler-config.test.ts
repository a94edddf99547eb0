import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createScheduler,
  resolveSchedulerConfig,
  type SCHEDULER_NAMES,
  schedulerConfigValuesFromJson,
  TesseraError,
} from '@tessera/core';

test('a Stable Diffusion file is read, and what no scheduler reads is told', () => {
  const reading = schedulerConfigValuesFromJson({
    _class_name: 'PNDMScheduler',
    _diffusers_version: '0.7.0',
    beta_end: 0.012,
    beta_schedule: 'scaled_linear',
    beta_start: 0.00085,
    num_train_timesteps: 1000,
    set_alpha_to_one: false,
    skip_prk_steps: true,
    steps_offset: 1,
    trained_betas: null,
    clip_sample: false,
    lower_order_last: true,
  });
  assert.deepEqual(reading, {
    className: 'PNDMScheduler',
    scheduler: 'pndm',
    ignored: ['lower_order_last'],
    values: {
      betaEnd: 0.012,
      betaSchedule: 'scaled_linear',
      betaStart: 0.00085,
      numTrainTimesteps: 1000,
      setAlphaToOne: false,
      skipPrkSteps: true,
      stepsOffset: 1,
      trainedBetas: null,
      clipSample: false,
    },
  });
});

test('a class Tessera does not have still gives its values', () => {
  const reading = schedulerConfigValuesFromJson({ _class_name: 'UniPCMultistepScheduler', solver_type: 'bh2' });
  assert.equal(reading.scheduler, undefined);
  assert.equal(reading.className, 'UniPCMultistepScheduler');
  assert.deepEqual(reading.values, { solverType: 'midpoint' });
});

const refused: readonly (readonly [string, unknown])[] = [
  ['use_exponential_sigmas', true],
  ['use_beta_sigmas', true],
  ['use_lu_lambdas', true],
  ['use_flow_sigmas', true],
  ['algorithm_type', 'sde-dpmsolver++'],
  ['algorithm_type', 'dpmsolver'],
  ['interpolation_type', 'log_linear'],
  ['timestep_type', 'continuous'],
  ['sigma_max', 80],
  ['lambda_min_clipped', -5.1],
  ['prediction_type', 'flow_prediction'],
  ['beta_schedule', 'sigmoid'],
  ['variance_type', 'learned_range'],
  ['timestep_spacing', 'random'],
  ['num_train_timesteps', 0],
  ['num_train_timesteps', '1000'],
  ['beta_start', null],
  ['beta_start', Number.NaN],
  ['clip_sample', 'no'],
  ['solver_order', 4],
  ['steps_offset', -1],
  ['trained_betas', [0.1, 0.2]],
  ['trained_betas', [2]],
];

for (const [key, value] of refused) {
  test(`${key} ${JSON.stringify(value)} is refused by name`, () => {
    assert.throws(
      () => schedulerConfigValuesFromJson({ [key]: value }),
      (error) =>
        error instanceof TesseraError &&
        error.code === 'failed_precondition' &&
        error.field === key &&
        error.message.includes(key),
    );
  });
}

test('what must be an object is', () => {
  for (const json of [null, [], 'x', 1]) assert.throws(() => schedulerConfigValuesFromJson(json), TesseraError);
});

test('neutral values of what is not implemented pass', () => {
  const reading = schedulerConfigValuesFromJson({
    use_exponential_sigmas: false,
    use_karras_sigmas: null,
    algorithm_type: 'dpmsolver++',
    sigma_min: null,
    lambda_min_clipped: Number.NEGATIVE_INFINITY,
    interpolation_type: 'linear',
  });
  assert.deepEqual(reading.values, { useKarrasSigmas: false });
  assert.deepEqual(reading.ignored, []);
});

test('a class drops the keys it does not have', () => {
  const values = { clipSample: true, rescaleBetasZeroSnr: true, thresholding: true, useKarrasSigmas: true } as const;
  const of = (name: (typeof SCHEDULER_NAMES)[number]) => {
    const { clipSample, rescaleBetasZeroSnr, thresholding, useKarrasSigmas } = resolveSchedulerConfig(values, name);
    return [clipSample, rescaleBetasZeroSnr, thresholding, useKarrasSigmas];
  };
  assert.deepEqual(of('ddim'), [true, true, true, false]);
  assert.deepEqual(of('pndm'), [false, false, false, false]);
  assert.deepEqual(of('euler'), [false, true, false, true]);
  assert.deepEqual(of('euler-ancestral'), [false, true, false, false]);
  assert.deepEqual(of('dpmpp-2m'), [false, true, true, true]);
});

/** Schedules that diffusers runs into an index error, NaN or nothing at all. */
const impossible = [
  ['ddim', {}, 1001, 0, 'steps'],
  ['ddim', {}, 0, 0, 'steps'],
  ['ddim', {}, 2.5, 0, 'steps'],
  ['ddim', { stepsOffset: 1 }, 1000, 0, 'steps'],
  ['dpmpp-2m', {}, 1000, 0, 'steps'],
  ['dpmpp-2m', { timestepSpacing: 'leading' }, 1000, 0, 'steps'],
  ['lcm', {}, 51, 0, 'steps'],
  ['pndm', {}, 3, 0, 'steps'],
  ['ddim', {}, 10, 1.5, 'eta'],
  ['ddpm', {}, 10, 0.5, 'eta'],
  ['pndm', { predictionType: 'sample' }, 10, 0, 'scheduler'],
  ['euler-ancestral', { predictionType: 'sample' }, 10, 0, 'scheduler'],
  ['ddim', { rescaleBetasZeroSnr: true, timestepSpacing: 'trailing' }, 10, 0, 'scheduler'],
] as const;

for (const [name, values, steps, eta, field] of impossible) {
  test(`${name} with ${JSON.stringify(values)}, ${steps} steps, eta ${eta} names ${field}`, () => {
    assert.throws(
      () => createScheduler(name, resolveSchedulerConfig(values, name), steps, { eta }),
      (error) => error instanceof TesseraError && error.code === 'invalid_argument' && error.field === field,
    );
  });
}

test('trailing never gives more timesteps than steps, where numpy would', () => {
  for (let steps = 1; steps <= 1000; steps++) {
    const config = resolveSchedulerConfig({ timestepSpacing: 'trailing' }, 'ddim');
    const { timesteps } = createScheduler('ddim', config, steps, { eta: 0 });
    assert.equal(timesteps.length, steps);
    assert.ok(
      timesteps.every((t, i) => t >= 0 && t < (timesteps[i - 1] ?? 1000)),
      `${steps}`,
    );
  }
});

test('zero terminal SNR with eta 1 stays finite from the first step', () => {
  const values = { rescaleBetasZeroSnr: true, timestepSpacing: 'trailing', predictionType: 'v_prediction' } as const;
  for (const steps of [1, 2, 7, 10, 50]) {
    const scheduler = createScheduler('ddim', resolveSchedulerConfig(values, 'ddim'), steps, { eta: 1 });
    const one = { shape: [2], data: Float32Array.of(0.5, -1) };
    const { state } = scheduler.step(scheduler.init(one), one, one);
    assert.ok(state.sample.data.every(Number.isFinite), `${steps} steps`);
  }
});

test('fixed_large_log is fixed_large up to rounding, and fixed_small_log fixed_small', () => {
  for (const [plain, log] of [
    ['fixed_large', 'fixed_large_log'],
    ['fixed_small', 'fixed_small_log'],
  ] as const) {
    const [a, b] = [plain, log].map((varianceType) => {
      const scheduler = createScheduler('ddpm', resolveSchedulerConfig({ varianceType }, 'ddpm'), 10, { eta: 0 });
      const one = { shape: [2], data: Float32Array.of(0.5, -1) };
      return scheduler.step(scheduler.init(one), one, one).state.sample.data;
    }) as [Float32Array, Float32Array];
    a.forEach((x, i) => {
      // One float32 logarithm and one exponential.
      assert.ok(Math.abs(x - (b[i] as number)) < 1e-6, `${log}: ${x} ${b[i]}`);
    });
  }
});
