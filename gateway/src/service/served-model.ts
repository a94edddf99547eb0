import { type ModelCard, SCHEDULER_NAMES } from '@tessera/core';
import type { ServedModel } from '@tessera/proto';

/** A model as ListModels tells it. */
export function servedModel(card: ModelCard, defaultModel: string): ServedModel {
  const { spatialCompression } = card.latentFormat;
  return {
    name: card.name,
    sha256: card.sha256,
    nativeWidth: card.nativeCanvas.width * spatialCompression,
    nativeHeight: card.nativeCanvas.height * spatialCompression,
    sizeMultiple: card.latentMultiple * spatialCompression,
    defaultSteps: card.defaults.steps,
    defaultGuidanceScale: card.defaults.guidanceScale,
    defaultScheduler: card.defaults.scheduler,
    schedulers: [...SCHEDULER_NAMES],
    isDefault: card.name === defaultModel,
  };
}
