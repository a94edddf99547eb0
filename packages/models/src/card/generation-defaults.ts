import type { GenerationDefaults, SchedulerName } from '@tessera/core';
import { modelDefect } from '../model-defect.js';
import type { LatentSpace } from './latent-space.js';
import type { PipelineFamily } from './pipeline-class.js';
import type { TesseraJson } from './tessera-json.js';

interface Habit {
  readonly steps: number;
  readonly guidanceScale: number;
}

/** How each family is usually run: the defaults of diffusers' pipelines; for LDM, those of CompVis' txt2img.py. */
const HABITS: Readonly<Record<PipelineFamily, Habit>> = {
  'latent-diffusion': { steps: 50, guidanceScale: 5 },
  'stable-diffusion': { steps: 50, guidanceScale: 7.5 },
  'stable-diffusion-xl': { steps: 50, guidanceScale: 5 },
  'latent-consistency': { steps: 4, guidanceScale: 8.5 },
};
/** A consistency model without a guidance embedding has its guidance distilled in. */
const DISTILLED: Habit = { steps: 4, guidanceScale: 1 };

export interface DefaultsSources {
  readonly family: PipelineFamily;
  readonly scheduler: SchedulerName;
  /** Whether the denoiser takes timestep_cond. */
  readonly hasGuidanceEmbedding: boolean;
  readonly space: LatentSpace;
  readonly stated: TesseraJson;
}

/** @throws TesseraError `failed_precondition` when tessera.json states a size that the networks cannot make. */
export function generationDefaults(sources: DefaultsSources): GenerationDefaults {
  const { space, stated } = sources;
  const habit = habitOf(sources);
  const { spatialCompression } = space.latentFormat;
  const unit = spatialCompression * space.latentMultiple;
  const width = stated.width ?? space.nativeCanvas.width * spatialCompression;
  const height = stated.height ?? space.nativeCanvas.height * spatialCompression;
  if (width % unit !== 0 || height % unit !== 0) {
    throw modelDefect('tessera.json', `has a default size of ${width}×${height}; both must be multiples of ${unit}`);
  }
  return {
    scheduler: stated.scheduler ?? sources.scheduler,
    steps: stated.steps ?? habit.steps,
    guidanceScale: stated.guidanceScale ?? habit.guidanceScale,
    width,
    height,
  };
}

function habitOf({ family, scheduler, hasGuidanceEmbedding }: DefaultsSources): Habit {
  const isConsistency = scheduler === 'lcm' || family === 'latent-consistency';
  if (!isConsistency) return HABITS[family];
  return hasGuidanceEmbedding ? HABITS['latent-consistency'] : DISTILLED;
}
