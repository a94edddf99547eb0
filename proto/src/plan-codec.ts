import { type Plan, type PlanSummary, SCHEDULER_NAMES } from '@tessera/core';
import type { GenerationPlan, GenerationPlan__Output } from './types.js';

/** The part of a plan that callers see. */
export function planSummary(plan: Plan): PlanSummary {
  const { schedulerConfig: _schedulerConfig, denoiserInputs: _denoiserInputs, ...summary } = plan;
  return summary;
}

export function wireFromPlan(plan: PlanSummary): GenerationPlan {
  const [latentChannels, latentHeight, latentWidth] = plan.latentShape;
  return {
    model: plan.model,
    modelSha256: plan.modelSha256,
    seed: plan.seed,
    count: plan.count,
    scheduler: plan.scheduler,
    steps: plan.steps,
    timesteps: [...plan.timesteps],
    guidanceScale: plan.guidanceScale,
    guidanceRescale: plan.guidanceRescale,
    eta: plan.eta,
    width: plan.width,
    height: plan.height,
    latentChannels,
    latentWidth,
    latentHeight,
    windows: [...plan.windows],
    previewSteps: [...plan.previewSteps],
    evaluations: plan.evaluations,
    peakMemoryBytes: plan.peakMemoryBytes,
  };
}

/** @throws RangeError for a scheduler that this version does not know. */
export function planFromWire(wire: GenerationPlan__Output): PlanSummary {
  const { latentChannels, latentHeight, latentWidth, evaluations, peakMemoryBytes, ...rest } = wire;
  const scheduler = SCHEDULER_NAMES.find((name) => name === wire.scheduler);
  if (scheduler === undefined) throw new RangeError(`scheduler ${wire.scheduler}`);
  return {
    ...rest,
    scheduler,
    latentShape: [latentChannels, latentHeight, latentWidth],
    evaluations: Number(evaluations),
    peakMemoryBytes: Number(peakMemoryBytes),
  };
}
