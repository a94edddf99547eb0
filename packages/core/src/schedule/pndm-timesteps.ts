import type { SchedulerConfig } from './config.js';
import { spacedTimesteps } from './timesteps.js';

/** Evaluations of one Runge–Kutta step, and Runge–Kutta steps before the multistep method takes over. */
export const PRK_EVALUATIONS = 4;
export const PRK_STEPS = 3;

/**
 * PNDM's timesteps, one for each evaluation. PLMS alone repeats the second
 * timestep; with a Runge–Kutta start the first three steps take four
 * evaluations each, at t, t − ½, t − ½ and t − 1 strides.
 */
export function pndmTimesteps(config: SchedulerConfig, steps: number): number[] {
  const spaced = spacedTimesteps(config, steps);
  if (config.skipPrkSteps) return [...spaced.slice(0, 2), ...spaced.slice(1)];
  const half = Math.floor(Math.floor(config.numTrainTimesteps / steps) / 2);
  const prk: number[] = [];
  for (let i = 0; i < PRK_STEPS; i++) {
    const middle = (spaced[i + 1] as number) + half;
    prk.push(spaced[i] as number, middle, middle, spaced[i + 1] as number);
  }
  return [...prk, ...spaced.slice(PRK_STEPS)];
}
