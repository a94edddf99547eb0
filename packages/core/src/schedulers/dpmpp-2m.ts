import { clipDenoised, denoisedFromPrediction } from '../prediction.js';
import type { SchedulerConfig } from '../schedule/config.js';
import { dpmSolverSchedule } from '../schedule/dpm-solver-schedule.js';
import { torchSqrt } from '../schedule/torch-sqrt.js';
import type { Tensor } from '../tensor/tensor.js';
import { noised } from './add-noise.js';
import type { Scheduler, SchedulerState, SchedulerStep } from './scheduler.js';
import { likeSample, nextState, predictionValues, timestepAt, timestepOf } from './step-arguments.js';

const f = Math.fround;
/** With fewer steps than this the last ones fall back to lower orders, for stability. */
const FEW_STEPS = 15;

/** x = α·x₀ + σ·ε at one point of the schedule, and λ = log(α/σ). */
interface Level {
  readonly alpha: number;
  readonly sigma: number;
  readonly lambda: number;
}

/**
 * DPM-Solver++ (Lu et al., arXiv 2211.01095), the multistep solver of
 * Algorithm 2 at orders 1 to 3, in the arithmetic of diffusers'
 * DPMSolverMultistepScheduler. The history holds the denoised estimates of the
 * last `solverOrder` − 1 steps.
 */
export function createDpmSolver(config: SchedulerConfig, steps: number): Scheduler {
  const { timesteps, sigmas } = dpmSolverSchedule(config, steps);
  const levels = Array.from(sigmas, levelOf);
  const last = timesteps.length - 1;
  const fewSteps = config.lowerOrderFinal && timesteps.length < FEW_STEPS;
  const firstOrderFinal = config.finalSigmasType === 'zero' || config.eulerAtFinal || fewSteps;

  // Karras sigmas end where `sigma_min` ends: the last step moves nothing, and divides by its length at order 2.
  const repeatsFinal = sigmas[last] === sigmas[last + 1];

  function orderAt({ stepIndex, history }: SchedulerState): number {
    if (stepIndex === last && (firstOrderFinal || repeatsFinal)) return 1;
    const order = Math.min(config.solverOrder, history.length + 1);
    return stepIndex === last - 1 && fewSteps ? Math.min(order, 2) : order;
  }

  function step(state: SchedulerState, prediction: Tensor): SchedulerStep {
    timestepOf(timesteps, state);
    const m = predictionValues(state, prediction);
    const i = state.stepIndex;
    const x = state.sample.data;
    const s = levels[i] as Level;
    const t = levels[i + 1] as Level;
    const x0 = clipDenoised(config, denoisedFromPrediction(config.predictionType, x, m, s.alpha, s.sigma));
    const denoised = likeSample(state, x0);
    const estimates = [...state.history, denoised];

    const out = firstOrder(x, x0, s, t);
    const order = orderAt(state);
    if (order === 2) addSecondOrder(out, estimates, levels.slice(i - 1, i + 2), config.solverType);
    if (order === 3) addThirdOrder(out, estimates, levels.slice(i - 2, i + 2));

    const kept = config.solverOrder === 1 ? [] : estimates.slice(1 - config.solverOrder);
    return { state: nextState(state, out, kept), denoised };
  }

  return {
    name: 'dpmpp-2m',
    timesteps,
    initNoiseSigma: 1,
    init: (noise) => ({ stepIndex: 0, sample: noise, history: [] }),
    addNoise(latent, noise, stepIndex) {
      timestepAt(timesteps, stepIndex);
      const { alpha, sigma } = levels[stepIndex] as Level;
      return noised(latent, noise, alpha, sigma);
    },
    startStep: (skipped) => skipped,
    modelInput: (state) => ({ latent: state.sample, timestep: timestepOf(timesteps, state) }),
    drawsNoise: () => false,
    noiseDraw: (stepIndex) => stepIndex + 1,
    step,
  };
}

function levelOf(karrasSigma: number): Level {
  const alpha = f(1 / torchSqrt(f(f(karrasSigma * karrasSigma) + 1)));
  const sigma = f(karrasSigma * alpha);
  return { alpha, sigma, lambda: f(f(Math.log(alpha)) - f(Math.log(sigma))) };
}

/** e^{−h} − 1, where h = λ_t − λ_s; −1 at σ_t = 0. */
function expm1OfMinus(h: number): number {
  return f(f(Math.exp(-h)) - 1);
}

/** Eq. 9 at order 1: DDIM. */
function firstOrder(x: Float32Array, x0: Float32Array, s: Level, t: Level): Float32Array {
  const A = f(t.sigma / s.sigma);
  const B = f(t.alpha * expm1OfMinus(f(t.lambda - s.lambda)));
  const out = new Float32Array(x.length);
  for (let i = 0; i < out.length; i++) out[i] = f(A * (x[i] as number)) - f(B * (x0[i] as number));
  return out;
}

function addSecondOrder(
  out: Float32Array,
  estimates: readonly Tensor[],
  levels: readonly Level[],
  solverType: SchedulerConfig['solverType'],
): void {
  const [s1, s0, t] = levels as [Level, Level, Level];
  const m0 = (estimates.at(-1) as Tensor).data;
  const m1 = (estimates.at(-2) as Tensor).data;
  const h = f(t.lambda - s0.lambda);
  const inverseR = f(1 / f(f(s0.lambda - s1.lambda) / h));
  const e = expm1OfMinus(h);
  const C = solverType === 'midpoint' ? f(-0.5 * f(t.alpha * e)) : f(t.alpha * f(f(e / h) + 1));
  for (let i = 0; i < out.length; i++) {
    const D1 = f(inverseR * f((m0[i] as number) - (m1[i] as number)));
    out[i] = (out[i] as number) + f(C * D1);
  }
}

function addThirdOrder(out: Float32Array, estimates: readonly Tensor[], levels: readonly Level[]): void {
  const [s2, s1, s0, t] = levels as [Level, Level, Level, Level];
  const m0 = (estimates.at(-1) as Tensor).data;
  const m1 = (estimates.at(-2) as Tensor).data;
  const m2 = (estimates.at(-3) as Tensor).data;
  const h = f(t.lambda - s0.lambda);
  const r0 = f(f(s0.lambda - s1.lambda) / h);
  const r1 = f(f(s1.lambda - s2.lambda) / h);
  const inverseR0 = f(1 / r0);
  const inverseR1 = f(1 / r1);
  const share = f(r0 / f(r0 + r1));
  const inverseSum = f(1 / f(r0 + r1));
  const e = expm1OfMinus(h);
  const C1 = f(t.alpha * f(f(e / h) + 1));
  const C2 = f(t.alpha * f(f(f(e + h) / f(h * h)) - 0.5));
  for (let i = 0; i < out.length; i++) {
    const D10 = f(inverseR0 * f((m0[i] as number) - (m1[i] as number)));
    const D11 = f(inverseR1 * f((m1[i] as number) - (m2[i] as number)));
    const change = f(D10 - D11);
    const D1 = f(D10 + f(share * change));
    const D2 = f(inverseSum * change);
    out[i] = f((out[i] as number) + f(C1 * D1)) - f(C2 * D2);
  }
}
