import { denoisedAtSigma } from '../prediction.js';
import type { SchedulerConfig } from '../schedule/config.js';
import { eulerInitNoiseSigma, eulerSchedule } from '../schedule/euler-schedule.js';
import { torchSqrt } from '../schedule/torch-sqrt.js';
import type { Tensor } from '../tensor/tensor.js';
import { noisedAtSigma } from './add-noise.js';
import { scaledModelInput, scaledNoise } from './euler-scaling.js';
import type { Scheduler, SchedulerState, SchedulerStep } from './scheduler.js';
import { likeSample, nextState, noiseValues, predictionValues, timestepAt, timestepOf } from './step-arguments.js';

const f = Math.fround;

/**
 * Ancestral sampling with Euler steps (k-diffusion's `sample_euler_ancestral`),
 * in the arithmetic of diffusers' EulerAncestralDiscreteScheduler. Every step
 * draws noise, also the last, which adds none of it.
 */
export function createEulerAncestral(config: SchedulerConfig, steps: number): Scheduler {
  const { timesteps, sigmas } = eulerSchedule(config, steps);
  const initNoiseSigma = eulerInitNoiseSigma(config, sigmas);

  function step(state: SchedulerState, prediction: Tensor, noise?: Tensor): SchedulerStep {
    timestepOf(timesteps, state);
    const m = predictionValues(state, prediction);
    const z = noiseValues(state, noise);
    const x = state.sample.data;
    const from = sigmas[state.stepIndex] as number;
    const to = sigmas[state.stepIndex + 1] as number;
    const x0 = denoisedAtSigma(config.predictionType, x, m, from);

    const from2 = f(from * from);
    const to2 = f(to * to);
    const up = torchSqrt(f(f(to2 * f(from2 - to2)) / from2));
    const down = torchSqrt(Math.max(f(to2 - f(up * up)), 0));
    const dt = f(down - from);
    const out = new Float32Array(x.length);
    for (let i = 0; i < out.length; i++) {
      const d = f(f((x[i] as number) - (x0[i] as number)) / from);
      out[i] = f((x[i] as number) + f(d * dt)) + f((z[i] as number) * up);
    }
    return { state: nextState(state, out), denoised: likeSample(state, x0) };
  }

  return {
    name: 'euler-ancestral',
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
    drawsNoise: () => true,
    noiseDraw: (stepIndex) => stepIndex + 1,
    step,
  };
}
