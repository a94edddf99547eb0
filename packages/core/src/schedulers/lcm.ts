import { clipDenoised, denoisedFromPrediction } from '../prediction.js';
import { alphasCumprodOf, betasOf } from '../schedule/betas.js';
import type { SchedulerConfig } from '../schedule/config.js';
import { lcmTimesteps } from '../schedule/timesteps.js';
import { torchSqrt } from '../schedule/torch-sqrt.js';
import type { Tensor } from '../tensor/tensor.js';
import { noisedAtAlphaCumprod } from './add-noise.js';
import type { Scheduler, SchedulerState, SchedulerStep } from './scheduler.js';
import { likeSample, nextState, noiseValues, predictionValues, timestepAt, timestepOf } from './step-arguments.js';

const f = Math.fround;
const SIGMA_DATA = 0.5;

/** Multistep sampling of latent consistency models (Luo et al., arXiv 2310.04378), Algorithm 3, as diffusers' LCMScheduler. */
export function createLcm(config: SchedulerConfig, steps: number): Scheduler {
  const timesteps = lcmTimesteps(config.numTrainTimesteps, config.originalInferenceSteps, steps);
  const alphasCumprod = alphasCumprodOf(betasOf(config));
  const last = timesteps.length - 1;

  function step(state: SchedulerState, prediction: Tensor, noise?: Tensor): SchedulerStep {
    const t = timestepOf(timesteps, state);
    const m = predictionValues(state, prediction);
    const x = state.sample.data;
    const a = alphasCumprod[t] as number;
    const b = f(1 - a);

    const predicted = denoisedFromPrediction(config.predictionType, x, m, torchSqrt(a), torchSqrt(b));
    const x0 = clipDenoised(config, predicted);

    // The boundary condition: c_skip·x + c_out·x̂₀ is the identity at t = 0.
    const scaled = f(t * f(config.timestepScaling));
    const d = f(f(scaled * scaled) + SIGMA_DATA ** 2);
    const cSkip = f(f(1 / d) * SIGMA_DATA ** 2);
    const cOut = f(scaled / torchSqrt(d));
    const denoised = new Float32Array(x.length);
    for (let i = 0; i < x.length; i++) denoised[i] = f(cOut * (x0[i] as number)) + f(cSkip * (x[i] as number));
    if (state.stepIndex === last) {
      return { state: nextState(state, denoised), denoised: likeSample(state, denoised) };
    }

    const z = noiseValues(state, noise);
    const ap = alphasCumprod[timesteps[state.stepIndex + 1] as number] as number;
    const sqrtAp = torchSqrt(ap);
    const sqrtBp = torchSqrt(f(1 - ap));
    const out = new Float32Array(x.length);
    for (let i = 0; i < out.length; i++) out[i] = f(sqrtAp * (denoised[i] as number)) + f(sqrtBp * (z[i] as number));
    return { state: nextState(state, out), denoised: likeSample(state, denoised) };
  }

  return {
    name: 'lcm',
    timesteps,
    initNoiseSigma: 1,
    init: (noise) => ({ stepIndex: 0, sample: noise, history: [] }),
    addNoise: (latent, noise, stepIndex) =>
      noisedAtAlphaCumprod(latent, noise, alphasCumprod[timestepAt(timesteps, stepIndex)] as number),
    startStep: (skipped) => skipped,
    modelInput: (state) => ({ latent: state.sample, timestep: timestepOf(timesteps, state) }),
    drawsNoise: (stepIndex) => stepIndex < last,
    noiseDraw: (stepIndex) => stepIndex + 1,
    step,
  };
}
