import type { SchedulerName } from '../schedulers/names.js';
import type { SchedulerConfig, SchedulerConfigValues } from './config.js';

/** What a key means to a class that does not have it: nothing. */
const INERT: SchedulerConfig = {
  numTrainTimesteps: 1000,
  betaStart: 0.0001,
  betaEnd: 0.02,
  betaSchedule: 'linear',
  trainedBetas: null,
  rescaleBetasZeroSnr: false,
  setAlphaToOne: true,
  stepsOffset: 0,
  timestepSpacing: 'leading',
  predictionType: 'epsilon',
  clipSample: false,
  clipSampleRange: 1,
  thresholding: false,
  dynamicThresholdingRatio: 0.995,
  sampleMaxValue: 1,
  skipPrkSteps: false,
  varianceType: null,
  useKarrasSigmas: false,
  solverOrder: 2,
  solverType: 'midpoint',
  lowerOrderFinal: true,
  eulerAtFinal: false,
  finalSigmasType: 'zero',
  originalInferenceSteps: 50,
  timestepScaling: 10,
};

type Key = keyof SchedulerConfig;

interface ClassConfig {
  /** The keys the class has beside `COMMON`. */
  readonly keys: readonly Key[];
  /** Where its defaults are not those of `INERT`. */
  readonly defaults?: SchedulerConfigValues;
}

const COMMON: readonly Key[] = [
  'numTrainTimesteps',
  'betaStart',
  'betaEnd',
  'betaSchedule',
  'trainedBetas',
  'stepsOffset',
  'timestepSpacing',
  'predictionType',
];
const THRESHOLDING: readonly Key[] = ['thresholding', 'dynamicThresholdingRatio', 'sampleMaxValue'];
const CLIPPING: readonly Key[] = ['clipSample', 'clipSampleRange', ...THRESHOLDING];

/** The constructors of diffusers 0.42. */
const CLASSES: Readonly<Record<SchedulerName, ClassConfig>> = {
  ddim: {
    keys: ['rescaleBetasZeroSnr', 'setAlphaToOne', ...CLIPPING],
    defaults: { clipSample: true },
  },
  ddpm: {
    keys: ['rescaleBetasZeroSnr', 'varianceType', ...CLIPPING],
    defaults: { clipSample: true, varianceType: 'fixed_small' },
  },
  lcm: {
    keys: ['rescaleBetasZeroSnr', 'setAlphaToOne', 'originalInferenceSteps', 'timestepScaling', ...CLIPPING],
    defaults: { betaStart: 0.00085, betaEnd: 0.012, betaSchedule: 'scaled_linear' },
  },
  pndm: {
    keys: ['setAlphaToOne', 'skipPrkSteps'],
    defaults: { setAlphaToOne: false },
  },
  euler: {
    keys: ['rescaleBetasZeroSnr', 'useKarrasSigmas', 'finalSigmasType'],
    defaults: { timestepSpacing: 'linspace' },
  },
  'euler-ancestral': {
    keys: ['rescaleBetasZeroSnr'],
    defaults: { timestepSpacing: 'linspace' },
  },
  'dpmpp-2m': {
    keys: [
      'rescaleBetasZeroSnr',
      'useKarrasSigmas',
      'finalSigmasType',
      'solverOrder',
      'solverType',
      'lowerOrderFinal',
      'eulerAtFinal',
      ...THRESHOLDING,
    ],
    defaults: { timestepSpacing: 'linspace' },
  },
};

/**
 * The configuration that scheduler `name` runs with on a model whose
 * scheduler_config.json holds `values`: as diffusers' `from_config` does it,
 * keys that the class does not have are dropped and missing ones take the
 * default of the class that runs, not of the class the model names.
 */
export function resolveSchedulerConfig(values: SchedulerConfigValues, name: SchedulerName): SchedulerConfig {
  const { keys, defaults } = CLASSES[name];
  const known = new Set<string>([...COMMON, ...keys]);
  const explicit = Object.entries(values).filter(([key, value]) => known.has(key) && value !== undefined);
  return { ...INERT, ...defaults, ...Object.fromEntries(explicit) };
}
