import { clipDenoised, denoisedFromPrediction, epsilonFromPrediction } from '../prediction.js';
import { alphasCumprodOf, betasOf } from '../schedule/betas.js';
import type { SchedulerConfig } from '../schedule/config.js';
import { spacedTimesteps } from '../schedule/timesteps.js';
import { torchSqrt } from '../schedule/torch-sqrt.js';
import type { Tensor } from '../tensor/tensor.js';
import { noisedAtAlphaCumprod } from './add-noise.js';
import type { Scheduler, SchedulerState, SchedulerStep } from './scheduler.js';
import { likeSample, nextState, noiseValues, predictionValues, timestepAt, timestepOf } from './step-arguments.js';

const f = Math.fround;

/**
 * DDIM (Song, Meng and Ermon, arXiv 2010.02502), eq. 12 and 16, in the
 * arithmetic of diffusers' DDIMScheduler. `eta` 0 is deterministic, 1 is DDPM.
 */
export function createDdim(config: SchedulerConfig, steps: number, eta: number): Scheduler {
  const { numTrainTimesteps, predictionType } = config;
  const timesteps = spacedTimesteps(config, steps);
  const alphasCumprod = alphasCumprodOf(betasOf(config));
  const finalAlphaCumprod = config.setAlphaToOne ? 1 : (alphasCumprod[0] as number);
  const stride = Math.floor(numTrainTimesteps / steps);
  const stochastic = eta > 0;

  function step(state: SchedulerState, prediction: Tensor, noise?: Tensor): SchedulerStep {
    const t = timestepOf(timesteps, state);
    const m = predictionValues(state, prediction);
    const x = state.sample.data;
    const a = alphasCumprod[t] as number;
    // Always one stride back, also where the spacing puts the next timestep elsewhere.
    const ap = t - stride >= 0 ? (alphasCumprod[t - stride] as number) : finalAlphaCumprod;
    const b = f(1 - a);
    const bp = f(1 - ap);
    const sqrtA = torchSqrt(a);
    const sqrtB = torchSqrt(b);

    const x0 = clipDenoised(config, denoisedFromPrediction(predictionType, x, m, sqrtA, sqrtB));
    const e = epsilonFromPrediction(predictionType, x, m, sqrtA, sqrtB);

    const variance = f(f(bp / b) * f(1 - f(a / ap)));
    const sd = f(f(eta) * torchSqrt(variance));
    // With ᾱ_t = 0 and η = 1 rounding leaves a tiny negative here, of which diffusers takes the root.
    const direction = torchSqrt(Math.max(f(bp - f(sd * sd)), 0));
    const sqrtAp = torchSqrt(ap);
    const out = new Float32Array(x.length);
    for (let i = 0; i < out.length; i++) out[i] = f(sqrtAp * (x0[i] as number)) + f(direction * (e[i] as number));
    if (stochastic) {
      const z = noiseValues(state, noise);
      for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) + f(sd * (z[i] as number));
    }
    return { state: nextState(state, out), denoised: likeSample(state, x0) };
  }

  return {
    name: 'ddim',
    timesteps,
    initNoiseSigma: 1,
    init: (noise) => ({ stepIndex: 0, sample: noise, history: [] }),
    addNoise: (latent, noise, stepIndex) =>
      noisedAtAlphaCumprod(latent, noise, alphasCumprod[timestepAt(timesteps, stepIndex)] as number),
    startStep: (skipped) => skipped,
    modelInput: (state) => ({ latent: state.sample, timestep: timestepOf(timesteps, state) }),
    drawsNoise: () => stochastic,
    noiseDraw: (stepIndex) => stepIndex + 1,
    step,
  };
}
