import { alphasCumprodOf, betasOf } from './betas.js';
import type { SchedulerConfig } from './config.js';
import { karrasSigmas, sigmaAt, timestepsAt, trainingSigmas } from './sigmas.js';
import { eulerTimesteps } from './timesteps.js';
import { torchSqrt } from './torch-sqrt.js';

const f = Math.fround;

/** A schedule in the Karras convention. */
export interface SigmaSchedule {
  readonly timesteps: readonly number[];
  /** float32; one more than the timesteps. */
  readonly sigmas: Float32Array;
}

/** ᾱ with the value that keeps σ finite where zero terminal SNR would make it infinite. */
export function finiteAlphasCumprod(config: SchedulerConfig): Float32Array {
  const alphasCumprod = alphasCumprodOf(betasOf(config));
  if (config.rescaleBetasZeroSnr) alphasCumprod[alphasCumprod.length - 1] = 2 ** -24;
  return alphasCumprod;
}

/** Timesteps and sigmas of the two Euler schedulers. Karras sigmas run between the spacing's own extremes. */
export function eulerSchedule(config: SchedulerConfig, steps: number): SigmaSchedule {
  const training = trainingSigmas(finiteAlphasCumprod(config));
  let timesteps = eulerTimesteps(config, steps);
  let sigmas = timesteps.map((timestep) => sigmaAt(timestep, training));
  if (config.useKarrasSigmas) {
    sigmas = karrasSigmas(sigmas[sigmas.length - 1] as number, sigmas[0] as number, steps);
    timesteps = timestepsAt(sigmas, training).map(f);
  }
  const final = config.finalSigmasType === 'sigma_min' ? (training[0] as number) : 0;
  return { timesteps, sigmas: Float32Array.of(...sigmas, final) };
}

/**
 * Standard deviation of the initial sample: √(σ² + 1) under `leading`, whose
 * first timestep is not pure noise, σ otherwise.
 */
export function eulerInitNoiseSigma(config: SchedulerConfig, sigmas: Float32Array): number {
  const max = sigmas.reduce((a, b) => Math.max(a, b));
  return config.timestepSpacing === 'leading' ? torchSqrt(f(f(max * max) + 1)) : max;
}
