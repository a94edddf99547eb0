import {
  type BaseImage,
  baseRequest,
  type GenerationRequest,
  type ModelCard,
  type Plan,
  planGeneration,
} from '@tessera/core';
import type { RemoteStages, Traced } from '../stages/remote-stages.js';

/** A base image that workers make. */
export interface RemoteBaseImage extends BaseImage {
  readonly stages: RemoteStages;
}

/** What a plan that composes starts from; `undefined` for others. */
export function baseImageOf(
  { plan, request }: { readonly plan: Plan; readonly request: GenerationRequest },
  card: ModelCard,
  stagesOf: (plan: Plan) => RemoteStages,
): RemoteBaseImage | undefined {
  if (plan.compose === undefined) return undefined;
  const basePlan = planGeneration(baseRequest(request, plan.compose), card);
  return madeBy(stagesOf(basePlan), basePlan);
}

/** The same, with calls that belong to this. */
export function baseUnder(base: RemoteBaseImage | undefined, trace: Traced): RemoteBaseImage | undefined {
  return base && madeBy(base.stages.under(trace), base.plan);
}

function madeBy(stages: RemoteStages, plan: Plan): RemoteBaseImage {
  return { plan, stages, encodeImage: (pixels) => stages.encodeImage(pixels) };
}
