import { denoisedAtSigma } from '../prediction.js';
import type { SchedulerConfig } from '../schedule/config.js';
import { eulerInitNoiseSigma, eulerSchedule } from '../schedule/euler-schedule.js';
import type { Tensor } from '../tensor/tensor.js';
import { noisedAtSigma } from './add-noise.js';
import { scaledModelInput, scaledNoise } from './euler-scaling.js';
import type { Scheduler, SchedulerState, SchedulerStep } from './scheduler.js';
import { likeSample, nextState, predictionValues, timestepAt, timestepOf } from './step-arguments.js';

const f = Math.fround;

/**
 * Algorithm 2 (Euler steps) of Karras et al. (arXiv 2206.00364) without churn,
 * in the arithmetic of diffusers' EulerDiscreteScheduler.
 */
export function createEuler(config: SchedulerConfig, steps: number): Scheduler {
  const { timesteps, sigmas } = eulerSchedule(config, steps);
  const initNoiseSigma = eulerInitNoiseSigma(config, sigmas);

  function step(state: SchedulerState, prediction: Tensor): SchedulerStep {
    timestepOf(timesteps, state);
    const m = predictionValues(state, prediction);
    const x = state.sample.data;
    const sigma = sigmas[state.stepIndex] as number;
    const x0 = denoisedAtSigma(config.predictionType, x, m, sigma);
    const dt = f((sigmas[state.stepIndex + 1] as number) - sigma);
    const out = new Float32Array(x.length);
    for (let i = 0; i < out.length; i++) {
      const d = f(f((x[i] as number) - (x0[i] as number)) / sigma);
      out[i] = (x[i] as number) + f(d * dt);
    }
    return { state: nextState(state, out), denoised: likeSample(state, x0) };
  }

  return {
    name: 'euler',
    timesteps,
    initNoiseSigma,
    init: (noise) => ({ stepIndex: 0, sample: scaledNoise(noise, initNoiseSigma), history: [] }),
    addNoise(latent, noise, stepIndex) {
      timestepAt(timesteps, stepIndex);
      return noisedAtSigma(latent, noise, sigmas[stepIndex] as number);
    },
    startStep: (skipped) => skipped,
    modelInput: (state) => ({
      timestep: timestepOf(timesteps, state),
      latent: scaledModelInput(state.sample, sigmas[state.stepIndex] as number),
    }),
    drawsNoise: () => false,
    noiseDraw: (stepIndex) => stepIndex + 1,
    step,
  };
}
