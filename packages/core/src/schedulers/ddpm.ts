import { clipDenoised, denoisedFromPrediction } from '../prediction.js';
import { alphasCumprodOf, betasOf } from '../schedule/betas.js';
import type { SchedulerConfig } from '../schedule/config.js';
import { spacedTimesteps } from '../schedule/timesteps.js';
import { torchSqrt } from '../schedule/torch-sqrt.js';
import type { Tensor } from '../tensor/tensor.js';
import { noisedAtAlphaCumprod } from './add-noise.js';
import type { Scheduler, SchedulerState, SchedulerStep } from './scheduler.js';
import { likeSample, nextState, noiseValues, predictionValues, timestepAt, timestepOf } from './step-arguments.js';

const f = Math.fround;

/** Ancestral sampling of DDPM (Ho, Jain and Abbeel, arXiv 2006.11239), eq. 6 and 7, as diffusers' DDPMScheduler. */
export function createDdpm(config: SchedulerConfig, steps: number): Scheduler {
  const timesteps = spacedTimesteps(config, steps);
  const alphasCumprod = alphasCumprodOf(betasOf(config));

  function step(state: SchedulerState, prediction: Tensor, noise?: Tensor): SchedulerStep {
    const t = timestepOf(timesteps, state);
    const m = predictionValues(state, prediction);
    const x = state.sample.data;
    const next = timesteps[state.stepIndex + 1];
    const a = alphasCumprod[t] as number;
    const ap = next === undefined ? 1 : (alphasCumprod[next] as number);
    const b = f(1 - a);
    const bp = f(1 - ap);
    const at = f(a / ap);
    const bt = f(1 - at);

    const predicted = denoisedFromPrediction(config.predictionType, x, m, torchSqrt(a), torchSqrt(b));
    const x0 = clipDenoised(config, predicted);

    const cx0 = f(f(torchSqrt(ap) * bt) / b);
    const cx = f(f(torchSqrt(at) * bp) / b);
    const out = new Float32Array(x.length);
    for (let i = 0; i < out.length; i++) out[i] = f(cx0 * (x0[i] as number)) + f(cx * (x[i] as number));
    if (t > 0) {
      const z = noiseValues(state, noise);
      const sd = deviation(config.varianceType, Math.max(f(f(bp / b) * bt), f(1e-20)), bt);
      for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) + f(sd * (z[i] as number));
    }
    return { state: nextState(state, out), denoised: likeSample(state, x0) };
  }

  return {
    name: 'ddpm',
    timesteps,
    initNoiseSigma: 1,
    init: (noise) => ({ stepIndex: 0, sample: noise, history: [] }),
    addNoise: (latent, noise, stepIndex) =>
      noisedAtAlphaCumprod(latent, noise, alphasCumprod[timestepAt(timesteps, stepIndex)] as number),
    startStep: (skipped) => skipped,
    modelInput: (state) => ({ latent: state.sample, timestep: timestepOf(timesteps, state) }),
    drawsNoise: (stepIndex) => (timesteps[stepIndex] ?? 0) > 0,
    noiseDraw: (stepIndex) => stepIndex + 1,
    step,
  };
}

/**
 * The step's standard deviation. The `_log` forms differ in rounding only;
 * diffusers takes the root of the logarithm for `fixed_large_log` and gets NaN.
 */
function deviation(type: SchedulerConfig['varianceType'], small: number, large: number): number {
  switch (type) {
    case 'fixed_large':
      return torchSqrt(large);
    case 'fixed_large_log':
      return f(Math.exp(f(0.5 * f(Math.log(large)))));
    case 'fixed_small_log':
      return f(Math.exp(f(0.5 * f(Math.log(small)))));
    case 'fixed_small':
    case null:
      return torchSqrt(small);
  }
}
