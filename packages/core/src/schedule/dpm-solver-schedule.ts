import type { SchedulerConfig } from './config.js';
import { finiteAlphasCumprod, type SigmaSchedule } from './euler-schedule.js';
import { karrasSigmas, sigmaAt, timestepsAt, trainingSigmas } from './sigmas.js';
import { roundHalfEven } from './spaced.js';
import { dpmSolverTimesteps } from './timesteps.js';

/** Timesteps and sigmas of DPM-Solver. Karras sigmas run between the extremes of the training table. */
export function dpmSolverSchedule(config: SchedulerConfig, steps: number): SigmaSchedule {
  const training = trainingSigmas(finiteAlphasCumprod(config));
  let timesteps = dpmSolverTimesteps(config, steps);
  let sigmas = timesteps.map((timestep) => sigmaAt(timestep, training));
  if (config.useKarrasSigmas) {
    sigmas = karrasSigmas(training[0] as number, training[training.length - 1] as number, steps);
    const fractional = timestepsAt(sigmas, training);
    timesteps = fractional.map(config.betaSchedule === 'squaredcos_cap_v2' ? Math.trunc : roundHalfEven);
  }
  const final = config.finalSigmasType === 'sigma_min' ? (training[0] as number) : 0;
  return { timesteps, sigmas: Float32Array.of(...sigmas, final) };
}
