import type { Tensor } from '../tensor/tensor.js';
import type { SchedulerName } from './names.js';

/**
 * Where a trajectory stands, as plain data: it can be stored, moved, resumed
 * and forked. Tensors are never written to after they are handed out.
 */
export interface SchedulerState {
  /** Steps done so far; the next one evaluates `timesteps[stepIndex]`. */
  readonly stepIndex: number;
  /** The noisy latent x_t, [channels, height, width]. */
  readonly sample: Tensor;
  /** What a multistep method keeps of earlier steps, oldest first; each method documents its own. */
  readonly history: readonly Tensor[];
}

export interface SchedulerStep {
  readonly state: SchedulerState;
  /** The estimate of the clean latent x̂₀ this step was made from. */
  readonly denoised: Tensor;
}

/** What the network is asked to evaluate. */
export interface ModelInput {
  readonly latent: Tensor;
  readonly timestep: number;
}

/**
 * A diffusion method bound to one schedule: a pure reducer from state and
 * prediction to the next state. Equal inputs give equal bits.
 */
export interface Scheduler {
  readonly name: SchedulerName;
  /** One entry for each evaluation, noisiest first. */
  readonly timesteps: readonly number[];
  /** Standard deviation of the initial sample. */
  readonly initNoiseSigma: number;
  /** The state before the first step: noise · initNoiseSigma. */
  init(noise: Tensor): SchedulerState;
  /**
   * A clean latent at the noise level of the sample that step `stepIndex`
   * starts from, as diffusers' `add_noise` at that step's timestep.
   *
   * @throws RangeError when there is no such step, or the shapes differ.
   */
  addNoise(latent: Tensor, noise: Tensor, stepIndex: number): Tensor;
  /**
   * The step at which a trajectory starts, without a history, that leaves out
   * the first `skipped` of the steps that were asked for: the same number, but
   * for PNDM, which has more evaluations than steps.
   */
  startStep(skipped: number): number;
  /** @throws RangeError when the trajectory has ended. */
  modelInput(state: SchedulerState): ModelInput;
  /** Whether the step takes fresh noise. */
  drawsNoise(stepIndex: number): boolean;
  /** Index in the noise stream of the draw that the step takes; 0 is the initial noise. */
  noiseDraw(stepIndex: number): number;
  /**
   * @param noise required exactly when `drawsNoise(state.stepIndex)`.
   * @throws RangeError when the trajectory has ended, or shapes differ, or noise is missing.
   */
  step(state: SchedulerState, prediction: Tensor, noise?: Tensor): SchedulerStep;
}
