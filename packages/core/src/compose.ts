import { createNoiseStream } from './noise/noise-stream.js';
import type { ComposePlan, Plan } from './plan.js';
import { imageSeed, schedulerOfPlan } from './plan-generation.js';
import type { GenerationRequest } from './request.js';
import type { SchedulerState } from './schedulers/scheduler.js';
import type { Tensor } from './tensor/tensor.js';
import { DEFAULT_TILING } from './windows/tiling.js';

/**
 * The request for the base image: the same in everything but size, so it is
 * the image that the seed gives at that size.
 */
export function baseRequest(request: GenerationRequest, compose: ComposePlan): GenerationRequest {
  const { compose: _compose, ...rest } = request;
  return { ...rest, width: compose.baseWidth, height: compose.baseHeight, tiling: DEFAULT_TILING };
}

/**
 * The step index under which a step of the base image is told: its steps are
 * spread over the indices that the canvas leaves out, each of which is told
 * once.
 *
 * @returns `undefined` for a step that is not told.
 */
export function toldBaseStep({ startStep }: ComposePlan, stepIndex: number, steps: number): number | undefined {
  const told = (count: number) => Math.floor((count * startStep) / steps);
  return told(stepIndex + 1) > told(stepIndex) ? told(stepIndex + 1) - 1 : undefined;
}

/**
 * Where the windows begin: the enlarged image's latent, noised to the level of
 * the plan's start step by the first draw of the canvas's noise. Later draws
 * are those that an image from noise takes at the same steps.
 *
 * @param latent scaled, of the plan's latent shape.
 * @throws RangeError when the plan does not compose, or the latent does not fit.
 */
export function composedState(plan: Plan, imageIndex: number, latent: Tensor): SchedulerState {
  const { compose, latentShape } = plan;
  if (compose === undefined) throw new RangeError('the plan starts from noise');
  if (latent.shape.join() !== latentShape.join()) {
    throw new RangeError(`a latent of [${latent.shape}] does not fit a canvas of [${latentShape}]`);
  }
  const noise = createNoiseStream(imageSeed(plan, imageIndex), latentShape).at(0);
  const { startStep } = compose;
  return { stepIndex: startStep, sample: schedulerOfPlan(plan).addNoise(latent, noise, startStep), history: [] };
}
