import { createNoiseStream } from './noise/noise-stream.js';
import type { Plan } from './plan.js';
import { imageSeed, schedulerOfPlan, usesGuidance } from './plan-generation.js';
import { type Conditionings, createPredictCanvas } from './predict-canvas.js';
import type { SchedulerState } from './schedulers/scheduler.js';
import type { CancelSignal } from './signal.js';
import type { Stages } from './stages.js';
import type { Tensor } from './tensor/tensor.js';

/** One image of a generation. */
export interface ImageRun {
  readonly plan: Plan;
  readonly imageIndex: number;
  readonly conditionings: Conditionings;
  /** Where to go on; `undefined` starts from noise. A plan that composes starts from its `composedState`. */
  readonly resumeFrom?: SchedulerState;
  /** What the generation still needs after this trajectory; `undefined`: the images that follow. */
  readonly laterEvaluations?: number;
}

/** One step done. */
export interface DenoiseStep {
  /** 0 … steps − 1. */
  readonly stepIndex: number;
  /** Evaluations of the trajectory: the plan's timesteps. */
  readonly steps: number;
  /** What a checkpoint holds, and the next step starts from. */
  readonly state: SchedulerState;
  /** x̂₀, scaled, [channels, height, width]. */
  readonly denoised: Tensor;
}

/**
 * Denoises one image. While the consumer handles a step, the next prediction
 * is already under way; leaving the loop waits for nothing. A resumed run
 * takes the noise an unbroken one would have taken, and gives the same bits.
 *
 * @throws what `stages.predict` or the signal throws; RangeError when the plan
 *   composes and nothing says where to start.
 */
export async function* denoiseImage(
  { plan, imageIndex, conditionings, resumeFrom, laterEvaluations }: ImageRun,
  stages: Stages,
  signal: CancelSignal,
): AsyncGenerator<DenoiseStep, void, void> {
  const scheduler = schedulerOfPlan(plan);
  const noise = createNoiseStream(imageSeed(plan, imageIndex), plan.latentShape);
  const predictCanvas = createPredictCanvas(plan, conditionings, stages, signal);
  const steps = scheduler.timesteps.length;
  const perStep = plan.windows.length * (usesGuidance(plan) ? 2 : 1);
  const later = laterEvaluations ?? ((plan.count - 1 - imageIndex) * plan.evaluations) / plan.count;

  function startPrediction(state: SchedulerState): Promise<Tensor> | undefined {
    if (state.stepIndex >= steps) return undefined;
    const left = (steps - state.stepIndex) * perStep;
    const prediction = predictCanvas(scheduler.modelInput(state), left + later);
    // It may fail while nobody waits for it: a consumer that left, or one still busy with the step before.
    prediction.catch(() => undefined);
    return prediction;
  }

  if (plan.compose && resumeFrom === undefined) throw new RangeError('a composed image starts from its base image');
  let state = resumeFrom ?? scheduler.init(noise.at(0));
  let prediction = startPrediction(state);
  while (prediction !== undefined) {
    const { stepIndex } = state;
    const drawn = scheduler.drawsNoise(stepIndex) ? noise.at(scheduler.noiseDraw(stepIndex)) : undefined;
    const step = scheduler.step(state, await prediction, drawn);
    state = step.state;
    prediction = startPrediction(state);
    yield { stepIndex, steps, ...step };
  }
}
