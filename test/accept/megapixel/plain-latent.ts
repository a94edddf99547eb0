import { createNoiseStream, createScheduler, guidedPrediction, imageSeed, type Plan, type Tensor } from '@tessera/core';
import type { StagedRun } from '../../support/worker-stages.js';

/** Draw number `draw` of the noise of a generation's first image. */
export function canvasNoise(plan: Plan): (draw: number) => Tensor {
  const stream = createNoiseStream(imageSeed(plan, 0), plan.latentShape);
  return (draw) => stream.at(draw);
}

/** The sampling loop as it is written down in papers: one latent, one call a step. */
export async function plainLatent(
  { plan, stages, conditionings, signal }: StagedRun,
  noise: (draw: number) => Tensor,
): Promise<Tensor> {
  const scheduler = createScheduler(plan.scheduler, plan.schedulerConfig, plan.steps, { eta: plan.eta });
  const { unconditional, conditional } = conditionings;
  const sides = unconditional === undefined ? [conditional] : [unconditional, conditional];
  let state = scheduler.init(noise(0));
  while (state.stepIndex < scheduler.timesteps.length) {
    const call = { ...scheduler.modelInput(state), conditionings: sides, inputs: {}, remainingEvaluations: 2 };
    const [first, second] = (await stages.predict(call, signal)) as readonly [Tensor, Tensor?];
    const prediction = second ? guidedPrediction(first, second, plan.guidanceScale, plan.guidanceRescale) : first;
    const { stepIndex } = state;
    const drawn = scheduler.drawsNoise(stepIndex) ? noise(scheduler.noiseDraw(stepIndex)) : undefined;
    state = scheduler.step(state, prediction, drawn).state;
  }
  return state.sample;
}
