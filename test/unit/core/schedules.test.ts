import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  alphasCumprodOf,
  betasOf,
  createScheduler,
  dpmSolverSchedule,
  eulerSchedule,
  resolveSchedulerConfig,
  SCHEDULER_CLASSES,
  SCHEDULER_NAMES,
  schedulerConfigValuesFromJson,
  TesseraError,
} from '@tessera/core';
import { hexFromFloat32, readGolden } from '../../support/goldens.js';

interface ScheduleGoldens {
  readonly tables: readonly { name: string; config: object; betas: string; alphas_cumprod: string }[];
  readonly spacings: readonly {
    scheduler: string;
    spacing: string;
    steps_offset: number;
    steps: number;
    timesteps?: number[];
    sigmas?: string;
    init_noise_sigma?: number;
    error?: string;
  }[];
}

const { tables, spacings } = readGolden<ScheduleGoldens>('schedules.json');
const SD = { beta_start: 0.00085, beta_end: 0.012, beta_schedule: 'scaled_linear' };

test('there are 7 tables and 462 spacings to compare with', () => {
  assert.equal(tables.length, 7);
  assert.equal(spacings.length, 462);
});

for (const table of tables) {
  test(`betas and alphas of ${table.name} equal diffusers bit for bit`, () => {
    const { values } = schedulerConfigValuesFromJson(table.config);
    const betas = betasOf(resolveSchedulerConfig(values, 'ddim'));
    assert.equal(hexFromFloat32(betas), table.betas);
    assert.equal(hexFromFloat32(alphasCumprodOf(betas)), table.alphas_cumprod);
  });
}

for (const name of SCHEDULER_NAMES) {
  test(`every spacing of ${name} equals ${SCHEDULER_CLASSES[name]}`, () => {
    const cases = spacings.filter(({ scheduler }) => scheduler === SCHEDULER_CLASSES[name]);
    assert.equal(cases.length, 66);
    for (const golden of cases) {
      const { spacing: timestep_spacing, steps_offset, steps } = golden;
      const json = { ...SD, timestep_spacing, steps_offset, skip_prk_steps: true };
      const config = resolveSchedulerConfig(schedulerConfigValuesFromJson(json).values, name);
      const label = `${timestep_spacing}+${steps_offset}, ${steps} steps`;
      if (golden.error !== undefined) {
        assert.throws(
          () => createScheduler(name, config, steps, { eta: 0 }),
          (error) => error instanceof TesseraError && error.code === 'invalid_argument' && error.field === 'steps',
          label,
        );
        continue;
      }
      const scheduler = createScheduler(name, config, steps, { eta: 0 });
      assert.deepEqual(scheduler.timesteps, golden.timesteps, label);
      assert.equal(scheduler.initNoiseSigma, golden.init_noise_sigma, label);
      if (golden.sigmas === undefined) continue;
      const { sigmas } = (name === 'dpmpp-2m' ? dpmSolverSchedule : eulerSchedule)(config, steps);
      assert.equal(hexFromFloat32(sigmas), golden.sigmas, label);
    }
  });
}
