import { denoisedFromPrediction, epsilonFromPrediction } from '../prediction.js';
import { alphasCumprodOf, betasOf } from '../schedule/betas.js';
import type { SchedulerConfig } from '../schedule/config.js';
import { PRK_EVALUATIONS, PRK_STEPS, pndmTimesteps } from '../schedule/pndm-timesteps.js';
import { torchSqrt } from '../schedule/torch-sqrt.js';
import type { Tensor } from '../tensor/tensor.js';
import { noisedAtAlphaCumprod } from './add-noise.js';
import { linearMultistep, plus } from './pndm-combinations.js';
import type { Scheduler, SchedulerState, SchedulerStep } from './scheduler.js';
import { likeSample, nextState, predictionValues, timestepAt, timestepOf } from './step-arguments.js';

const f = Math.fround;
/** The Runge–Kutta weights of the four evaluations of one step. */
const PRK_WEIGHTS = [f(1 / 6), f(1 / 3), f(1 / 3), f(1 / 6)] as const;

/** One transfer of eq. 11: from the sample at `from` to timestep `to` along e. */
interface Transfer {
  readonly sample: Float32Array;
  readonly from: number;
  readonly to: number;
  readonly e: Float32Array;
  readonly history: readonly Tensor[];
}

/**
 * PNDM (Liu et al., arXiv 2202.09778): F-PNDM with a Runge–Kutta start, or
 * PLMS alone where the model skips it, in the arithmetic of diffusers'
 * PNDMScheduler.
 *
 * The history holds the last predictions, at most three; in the middle of a
 * step (PLMS after the first evaluation, Runge–Kutta after the first three)
 * the sample the step started from follows them, and for Runge–Kutta the
 * weighted sum so far.
 */
export function createPndm(config: SchedulerConfig, steps: number): Scheduler {
  const timesteps = pndmTimesteps(config, steps);
  const alphasCumprod = alphasCumprodOf(betasOf(config));
  const finalAlphaCumprod = config.setAlphaToOne ? 1 : (alphasCumprod[0] as number);
  const stride = Math.floor(config.numTrainTimesteps / steps);
  const prkEvaluations = config.skipPrkSteps ? 0 : PRK_STEPS * PRK_EVALUATIONS;

  const alphaCumprodAt = (t: number) => (t >= 0 ? (alphasCumprod[t] as number) : finalAlphaCumprod);

  function prk(state: SchedulerState, t: number, m: Float32Array): Transfer {
    const stage = state.stepIndex % PRK_EVALUATIONS;
    const from = timesteps[state.stepIndex - stage] as number;
    const to = t - (stage % 2 === 0 ? Math.floor(stride / 2) : 0);
    const weight = PRK_WEIGHTS[stage] as number;
    if (stage === 0) {
      const sum = likeSample(
        state,
        m.map((value) => weight * value),
      );
      const history = [...state.history, likeSample(state, m), state.sample, sum];
      return { sample: state.sample.data, from, to, e: m, history };
    }
    const [sum, start, ...ets] = state.history.toReversed() as [Tensor, Tensor, ...Tensor[]];
    const next = plus(sum.data, m, weight);
    const kept = ets.reverse();
    if (stage === PRK_EVALUATIONS - 1) return { sample: start.data, from, to, e: next, history: kept };
    return { sample: start.data, from, to, e: m, history: [...kept, start, likeSample(state, next)] };
  }

  function plms(state: SchedulerState, t: number, m: Float32Array): Transfer {
    if (state.stepIndex === 1) {
      const [first, start] = state.history as [Tensor, Tensor];
      const e = m.map((value, i) => f(value + (first.data[i] as number)) / 2);
      return { sample: start.data, from: t + stride, to: t, e, history: [first] };
    }
    const ets = [...state.history, likeSample(state, m)];
    const e = linearMultistep(ets.map(({ data }) => data));
    const history = state.stepIndex === 0 ? [...ets, state.sample] : ets.slice(-3);
    return { sample: state.sample.data, from: t, to: t - stride, e, history };
  }

  /** Eq. 11 as diffusers writes it. */
  function transferred({ sample, from, to, e }: Transfer): Float32Array {
    const a = alphaCumprodAt(from);
    const ap = alphaCumprodAt(to);
    const b = f(1 - a);
    const bp = f(1 - ap);
    const epsilon = epsilonFromPrediction(config.predictionType, sample, e, torchSqrt(a), torchSqrt(b));
    const c = torchSqrt(f(ap / a));
    const difference = f(ap - a);
    const divisor = f(f(a * torchSqrt(bp)) + torchSqrt(f(f(a * b) * ap)));
    const out = new Float32Array(sample.length);
    for (let i = 0; i < out.length; i++) {
      out[i] = f(c * (sample[i] as number)) - f(f(difference * (epsilon[i] as number)) / divisor);
    }
    return out;
  }

  function step(state: SchedulerState, prediction: Tensor): SchedulerStep {
    const t = timestepOf(timesteps, state);
    const m = predictionValues(state, prediction);
    const transfer = state.stepIndex < prkEvaluations ? prk(state, t, m) : plms(state, t, m);
    const a = alphaCumprodAt(t);
    const x0 = denoisedFromPrediction(config.predictionType, state.sample.data, m, torchSqrt(a), torchSqrt(f(1 - a)));
    return { state: nextState(state, transferred(transfer), transfer.history), denoised: likeSample(state, x0) };
  }

  /**
   * With a Runge–Kutta start, the first evaluation of the step. PLMS counts its
   * evaluations, as diffusers does; of the two at the second timestep a start
   * takes the last alone. (diffusers starts with the correction that belongs to
   * them wherever it starts, and stays one step behind from there.)
   */
  function startStep(skipped: number): number {
    if (prkEvaluations === 0) return skipped === 1 ? 2 : skipped;
    return Math.min(skipped, PRK_STEPS) * PRK_EVALUATIONS + Math.max(0, skipped - PRK_STEPS);
  }

  return {
    name: 'pndm',
    timesteps,
    initNoiseSigma: 1,
    init: (noise) => ({ stepIndex: 0, sample: noise, history: [] }),
    addNoise: (latent, noise, stepIndex) =>
      noisedAtAlphaCumprod(latent, noise, alphaCumprodAt(timestepAt(timesteps, stepIndex))),
    startStep,
    modelInput: (state) => ({ latent: state.sample, timestep: timestepOf(timesteps, state) }),
    drawsNoise: () => false,
    noiseDraw: (stepIndex) => stepIndex + 1,
    step,
  };
}
