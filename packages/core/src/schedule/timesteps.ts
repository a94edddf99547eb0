import type { SchedulerConfig } from './config.js';
import { numpyLinspace, roundHalfEven } from './spaced.js';

/** What the spacing depends on. */
export type SpacingConfig = Pick<SchedulerConfig, 'numTrainTimesteps' | 'timestepSpacing' | 'stepsOffset'>;

/** Timesteps of DDIM, DDPM and (before its repetitions) PNDM: whole, noisiest first. */
export function spacedTimesteps(config: SpacingConfig, steps: number): number[] {
  const { numTrainTimesteps: T, timestepSpacing, stepsOffset } = config;
  switch (timestepSpacing) {
    case 'linspace':
      return numpyLinspace(0, T - 1, steps)
        .map(roundHalfEven)
        .reverse();
    case 'leading':
      return leading(steps, Math.floor(T / steps), stepsOffset);
    case 'trailing':
      return trailing(T, steps);
  }
}

/** Timesteps of Euler and Euler ancestral: float32, not rounded under `linspace`. */
export function eulerTimesteps(config: SpacingConfig, steps: number): number[] {
  if (config.timestepSpacing !== 'linspace') return spacedTimesteps(config, steps);
  return numpyLinspace(0, config.numTrainTimesteps - 1, steps)
    .map(Math.fround)
    .reverse();
}

/** Timesteps of DPM-Solver: as if there were one step more, without the last. */
export function dpmSolverTimesteps(config: SpacingConfig, steps: number): number[] {
  const { numTrainTimesteps: T, timestepSpacing, stepsOffset } = config;
  switch (timestepSpacing) {
    case 'linspace':
      return numpyLinspace(0, T - 1, steps + 1)
        .map(roundHalfEven)
        .reverse()
        .slice(0, -1);
    case 'leading':
      return leading(steps + 1, Math.floor(T / (steps + 1)), stepsOffset).slice(0, -1);
    case 'trailing':
      return trailing(T, steps);
  }
}

/** Timesteps of LCM: a subset of the schedule that the model was distilled on. */
export function lcmTimesteps(numTrainTimesteps: number, originalSteps: number, steps: number): number[] {
  const k = Math.floor(numTrainTimesteps / originalSteps);
  const origin = Array.from({ length: originalSteps }, (_, i) => (i + 1) * k - 1).reverse();
  return numpyLinspace(0, originalSteps, steps, false).map((index) => origin[Math.floor(index)] as number);
}

function leading(count: number, ratio: number, offset: number): number[] {
  return Array.from({ length: count }, (_, i) => (count - 1 - i) * ratio + offset);
}

/** numpy.arange(T, 0, −T/steps), cut to `steps` where numpy's rounding yields one value more. */
function trailing(T: number, steps: number): number[] {
  const delta = T - T / steps - T;
  return Array.from({ length: steps }, (_, i) => roundHalfEven(T + i * delta) - 1);
}
