import { TesseraError } from '../errors.js';
import { SCHEDULER_CLASSES, SCHEDULER_NAMES, type SchedulerName } from '../schedulers/names.js';
import type { SchedulerConfig, SchedulerConfigValues } from './config.js';

/** What a scheduler_config.json says. */
export interface SchedulerConfigReading {
  readonly values: SchedulerConfigValues;
  /** Keys that no scheduler of Tessera reads, in the file's order. */
  readonly ignored: readonly string[];
  /** `_class_name`, when the file has one. */
  readonly className?: string;
  /** The scheduler that `className` is, when Tessera has it. */
  readonly scheduler?: SchedulerName;
}

interface Rule {
  readonly must: string;
  /** The value in core's form, or `undefined` when it breaks the rule. */
  read(value: unknown): unknown;
}

const whole = (min: number, max: number): Rule => ({
  must: `must be a whole number from ${min} to ${max}`,
  read: (value) => (Number.isSafeInteger(value) && between(value as number, min, max) ? value : undefined),
});
const real = (min: number, max: number): Rule => ({
  must: `must be a number from ${min} to ${max}`,
  read: (value) => (typeof value === 'number' && between(value, min, max) ? value : undefined),
});
const oneOf = (...allowed: readonly (string | null)[]): Rule => ({
  must: `must be one of ${allowed.join(', ')}`,
  read: (value) => (allowed.includes(value as string | null) ? value : undefined),
});
/** diffusers treats null as false. */
const flag: Rule = {
  must: 'must be true or false',
  read: (value) => (value === null ? false : typeof value === 'boolean' ? value : undefined),
};
const trainedBetas: Rule = {
  must: 'must be null or a list of numbers above 0 and below 1',
  read: (value) =>
    value === null || (Array.isArray(value) && value.length > 0 && value.every(isBeta)) ? value : undefined,
};
/** diffusers runs the solver types of its other multistep classes as midpoint. */
const solverType: Rule = {
  must: 'must be midpoint or heun',
  read: (value) =>
    ['logrho', 'bh1', 'bh2'].includes(value as string) ? 'midpoint' : oneOf('midpoint', 'heun').read(value),
};

const READ: Readonly<Record<string, readonly [keyof SchedulerConfig, Rule]>> = {
  num_train_timesteps: ['numTrainTimesteps', whole(2, 100_000)],
  beta_start: ['betaStart', real(0, 1)],
  beta_end: ['betaEnd', real(0, 1)],
  beta_schedule: ['betaSchedule', oneOf('linear', 'scaled_linear', 'squaredcos_cap_v2')],
  trained_betas: ['trainedBetas', trainedBetas],
  rescale_betas_zero_snr: ['rescaleBetasZeroSnr', flag],
  set_alpha_to_one: ['setAlphaToOne', flag],
  steps_offset: ['stepsOffset', whole(0, 100_000)],
  timestep_spacing: ['timestepSpacing', oneOf('leading', 'trailing', 'linspace')],
  prediction_type: ['predictionType', oneOf('epsilon', 'v_prediction', 'sample')],
  clip_sample: ['clipSample', flag],
  clip_sample_range: ['clipSampleRange', real(0, 1e6)],
  thresholding: ['thresholding', flag],
  dynamic_thresholding_ratio: ['dynamicThresholdingRatio', real(0, 1)],
  sample_max_value: ['sampleMaxValue', real(0, 1e6)],
  skip_prk_steps: ['skipPrkSteps', flag],
  variance_type: ['varianceType', oneOf(null, 'fixed_small', 'fixed_small_log', 'fixed_large', 'fixed_large_log')],
  use_karras_sigmas: ['useKarrasSigmas', flag],
  solver_order: ['solverOrder', whole(1, 3)],
  solver_type: ['solverType', solverType],
  lower_order_final: ['lowerOrderFinal', flag],
  euler_at_final: ['eulerAtFinal', flag],
  final_sigmas_type: ['finalSigmasType', oneOf('zero', 'sigma_min')],
  original_inference_steps: ['originalInferenceSteps', whole(1, 100_000)],
  timestep_scaling: ['timestepScaling', real(0, 1e6)],
};

/** Keys whose other values change the arithmetic in ways that Tessera does not implement. */
const ONLY: Readonly<Record<string, readonly unknown[]>> = {
  use_exponential_sigmas: [false, null],
  use_beta_sigmas: [false, null],
  use_lu_lambdas: [false, null],
  use_flow_sigmas: [false, null],
  use_dynamic_shifting: [false, null],
  algorithm_type: ['dpmsolver++'],
  interpolation_type: ['linear'],
  timestep_type: ['discrete'],
  sigma_min: [null],
  sigma_max: [null],
  lambda_min_clipped: [null, Number.NEGATIVE_INFINITY, '-Infinity', '-inf'],
};

/**
 * Reads the object of a scheduler_config.json: the explicit values that
 * Tessera honours, to be resolved for the scheduler that runs.
 *
 * @throws TesseraError `failed_precondition` naming the key, when a value is
 * wrong or asks for something Tessera does not implement.
 */
export function schedulerConfigValuesFromJson(json: unknown): SchedulerConfigReading {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new TesseraError('failed_precondition', 'scheduler_config.json must hold an object');
  }
  const values: Record<string, unknown> = {};
  const ignored: string[] = [];
  for (const [key, value] of Object.entries(json)) {
    const rule = Object.hasOwn(READ, key) ? READ[key] : undefined;
    if (rule !== undefined) values[rule[0]] = readValue(key, rule[1], value);
    else if (Object.hasOwn(ONLY, key)) assertImplemented(key, value);
    else if (!key.startsWith('_')) ignored.push(key);
  }
  const read = values as SchedulerConfigValues;
  assertBetaCount(read);
  return { values: read, ignored, ...classOf(json as { _class_name?: unknown }) };
}

function readValue(key: string, rule: Rule, value: unknown): unknown {
  const read = rule.read(value);
  if (read === undefined) throw refused(key, rule.must, value);
  return read;
}

function assertImplemented(key: string, value: unknown): void {
  const allowed = ONLY[key] as readonly unknown[];
  if (!allowed.includes(value))
    throw refused(key, `must be ${String(allowed[0])}: Tessera implements nothing else`, value);
}

function assertBetaCount({ trainedBetas, numTrainTimesteps = 1000 }: SchedulerConfigValues): void {
  if (trainedBetas && trainedBetas.length !== numTrainTimesteps) {
    throw refused('trained_betas', `must have num_train_timesteps = ${numTrainTimesteps} entries`, trainedBetas.length);
  }
}

function classOf({ _class_name: className }: { _class_name?: unknown }) {
  if (typeof className !== 'string') return {};
  const scheduler = SCHEDULER_NAMES.find((name) => SCHEDULER_CLASSES[name] === className);
  return scheduler === undefined ? { className } : { className, scheduler };
}

function refused(key: string, must: string, value: unknown): TesseraError {
  const given = JSON.stringify(value) ?? String(value);
  return new TesseraError('failed_precondition', `scheduler_config.json: ${key} ${must}; got ${given.slice(0, 80)}`, {
    field: key,
  });
}

function between(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}

function isBeta(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && value < 1;
}
