import { invalidField } from '../errors.js';
import { alphasCumprodOf, betasOf } from '../schedule/betas.js';
import type { SchedulerConfig } from '../schedule/config.js';
import { dpmSolverSchedule } from '../schedule/dpm-solver-schedule.js';
import { PRK_STEPS } from '../schedule/pndm-timesteps.js';
import { createDdim } from './ddim.js';
import { createDdpm } from './ddpm.js';
import { createDpmSolver } from './dpmpp-2m.js';
import { createEuler } from './euler.js';
import { createEulerAncestral } from './euler-ancestral.js';
import { createLcm } from './lcm.js';
import type { SchedulerName } from './names.js';
import { createPndm } from './pndm.js';
import type { Scheduler } from './scheduler.js';

export interface SchedulerOptions {
  /** 0 to 1; anything but 0 with `ddim` only. */
  readonly eta: number;
}

/** Whether a request may set eta with this scheduler. */
export function takesEta(name: SchedulerName): boolean {
  return name === 'ddim';
}

/**
 * @param config resolved for this scheduler by `resolveSchedulerConfig`.
 * @param steps as asked; the scheduler may evaluate more often (PNDM).
 * @throws TesseraError `invalid_argument` naming `steps`, `eta` or `scheduler`,
 * when no such schedule exists.
 */
export function createScheduler(
  name: SchedulerName,
  config: SchedulerConfig,
  steps: number,
  options: SchedulerOptions,
): Scheduler {
  assertEta(name, options.eta);
  assertSteps(name, config, steps);
  assertPrediction(name, config);
  const scheduler = create(name, config, steps, options.eta);
  assertReachable(scheduler, config, steps);
  return scheduler;
}

function create(name: SchedulerName, config: SchedulerConfig, steps: number, eta: number): Scheduler {
  switch (name) {
    case 'ddim':
      return createDdim(config, steps, eta);
    case 'ddpm':
      return createDdpm(config, steps);
    case 'lcm':
      return createLcm(config, steps);
    case 'pndm':
      return createPndm(config, steps);
    case 'euler':
      return createEuler(config, steps);
    case 'euler-ancestral':
      return createEulerAncestral(config, steps);
    case 'dpmpp-2m':
      return createDpmSolver(config, steps);
  }
}

function assertEta(name: SchedulerName, eta: number): void {
  if (!(eta >= 0 && eta <= 1)) throw invalidField('eta', 'must be from 0 to 1', eta);
  if (eta !== 0 && !takesEta(name))
    throw invalidField('eta', `must be 0 or unset with scheduler ${name}; ddim takes it`, eta);
}

function assertSteps(name: SchedulerName, config: SchedulerConfig, steps: number): void {
  const { numTrainTimesteps: T, originalInferenceSteps, skipPrkSteps } = config;
  const min = name === 'pndm' && !skipPrkSteps ? PRK_STEPS + 1 : 1;
  const max = name === 'lcm' ? Math.min(originalInferenceSteps, T) : T;
  if (Number.isSafeInteger(steps) && steps >= min && steps <= max) return;
  throw invalidField(
    'steps',
    `must be a whole number from ${min} to ${max} with scheduler ${name} on this model`,
    steps,
  );
}

function assertPrediction(name: SchedulerName, { predictionType }: SchedulerConfig): void {
  if (predictionType !== 'sample' || (name !== 'pndm' && name !== 'euler-ancestral')) return;
  throw invalidField('scheduler', 'must be one that takes models which predict the sample', name);
}

/** Refuses schedules that diffusers would run into an index error or into NaN. */
function assertReachable(scheduler: Scheduler, config: SchedulerConfig, steps: number): void {
  const { name, timesteps } = scheduler;
  const first = timesteps[0] as number;
  if (first > config.numTrainTimesteps - 1) {
    throw invalidField('steps', `must be fewer: they would start at timestep ${first}, beyond the model's last`, steps);
  }
  if (name === 'dpmpp-2m' && !strictlyDecreasing(dpmSolverSchedule(config, steps).sigmas.subarray(0, -1))) {
    throw invalidField('steps', 'must be fewer: dpmpp-2m would repeat a noise level', steps);
  }
  const divides = config.predictionType === 'epsilon' && !['euler', 'euler-ancestral', 'dpmpp-2m'].includes(name);
  if (divides && alphasCumprodOf(betasOf(config))[first] === 0) {
    throw invalidField('scheduler', 'cannot start from pure noise on a model that predicts epsilon', name);
  }
}

function strictlyDecreasing(values: Float32Array): boolean {
  return values.every((value, i) => i === 0 || value < (values[i - 1] as number));
}
