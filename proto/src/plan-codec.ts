import { type DecodePlan, type Plan, type PlanSummary, SCHEDULER_NAMES } from '@tessera/core';
import { canvasFieldsFromWire } from './tiling-codec.js';
import type { GenerationPlan, GenerationPlan__Output, WireDecodePlan, WireDecodePlan__Output } from './types.js';

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
    ...(plan.tiling && { tiling: plan.tiling }),
    ...(plan.compose && { compose: plan.compose }),
    ...(plan.decode && { decode: wireFromDecodePlan(plan.decode) }),
  };
}

function wireFromDecodePlan({ halo, bandStarts = [] }: DecodePlan): WireDecodePlan {
  return { haloX: halo.x, haloY: halo.y, bandStarts: [...bandStarts] };
}

function decodePlanFromWire({ haloX, haloY, bandStarts }: WireDecodePlan__Output): DecodePlan {
  return { halo: { x: haloX, y: haloY }, ...(bandStarts.length > 0 && { bandStarts }) };
}

/** @throws RangeError for a scheduler, scheme or axes that this version does not know. */
export function planFromWire(wire: GenerationPlan__Output): PlanSummary {
  const { latentChannels, latentHeight, latentWidth, evaluations, peakMemoryBytes, tiling, compose, decode, ...rest } =
    wire;
  const scheduler = SCHEDULER_NAMES.find((name) => name === wire.scheduler);
  if (scheduler === undefined) throw new RangeError(`scheduler ${wire.scheduler}`);
  return {
    ...rest,
    scheduler,
    latentShape: [latentChannels, latentHeight, latentWidth],
    evaluations: Number(evaluations),
    peakMemoryBytes: Number(peakMemoryBytes),
    ...canvasFieldsFromWire({ tiling, compose }),
    ...(decode && { decode: decodePlanFromWire(decode) }),
  };
}
