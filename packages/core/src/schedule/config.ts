export type BetaSchedule = 'linear' | 'scaled_linear' | 'squaredcos_cap_v2';
export type TimestepSpacing = 'leading' | 'trailing' | 'linspace';
export type PredictionType = 'epsilon' | 'v_prediction' | 'sample';
export type VarianceType = 'fixed_small' | 'fixed_small_log' | 'fixed_large' | 'fixed_large_log';

/**
 * A diffusers scheduler configuration with every key that Tessera honours,
 * defaults applied. Keys keep diffusers' meaning (numerics §1.1).
 */
export interface SchedulerConfig {
  readonly numTrainTimesteps: number;
  readonly betaStart: number;
  readonly betaEnd: number;
  readonly betaSchedule: BetaSchedule;
  readonly trainedBetas: readonly number[] | null;
  readonly rescaleBetasZeroSnr: boolean;
  readonly setAlphaToOne: boolean;
  readonly stepsOffset: number;
  readonly timestepSpacing: TimestepSpacing;
  readonly predictionType: PredictionType;
  readonly clipSample: boolean;
  readonly clipSampleRange: number;
  readonly thresholding: boolean;
  readonly dynamicThresholdingRatio: number;
  readonly sampleMaxValue: number;
  readonly skipPrkSteps: boolean;
  readonly varianceType: VarianceType | null;
  readonly useKarrasSigmas: boolean;
  readonly solverOrder: number;
  readonly solverType: 'midpoint' | 'heun';
  readonly lowerOrderFinal: boolean;
  readonly eulerAtFinal: boolean;
  readonly finalSigmasType: 'zero' | 'sigma_min';
  readonly originalInferenceSteps: number;
  readonly timestepScaling: number;
}

/** The explicit values of one scheduler_config.json. */
export type SchedulerConfigValues = Partial<SchedulerConfig>;
