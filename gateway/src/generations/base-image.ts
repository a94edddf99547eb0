import {
  type BaseImage,
  baseRequest,
  type GenerationRequest,
  type ModelCard,
  type Plan,
  planGeneration,
} from '@tessera/core';
import type { RemoteStages } from '../stages/remote-stages.js';

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
  const stages = stagesOf(basePlan);
  return { plan: basePlan, stages, encodeImage: (pixels) => stages.encodeImage(pixels) };
}
