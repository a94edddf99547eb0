import { guidanceEmbedding } from './lcm-guidance.js';
import type { ModelCard } from './model-card.js';
import type { PlainTensor, Plan } from './plan.js';
import type { GenerationRequest } from './request.js';
import { resolveSchedulerConfig } from './schedule/resolve-config.js';
import { createScheduler } from './schedulers/create-scheduler.js';
import type { Scheduler } from './schedulers/scheduler.js';
import { elementCount } from './tensor/tensor.js';

const TIME_IDS = 'time_ids';
const TIMESTEP_COND = 'timestep_cond';

/**
 * Decides a generation. The same request on the same model gives the same
 * plan, whatever workers there are.
 *
 * @throws TesseraError `invalid_argument` when the scheduler cannot run it.
 */
export function planGeneration(request: GenerationRequest, card: ModelCard): Plan {
  const { scheduler, steps, eta, count, width, height, guidanceScale, guidanceRescale } = request;
  const { channels, spatialCompression } = card.latentFormat;
  const schedulerConfig = resolveSchedulerConfig(card.schedulerConfig, scheduler);
  const { timesteps } = createScheduler(scheduler, schedulerConfig, steps, { eta });
  const latentShape = [channels, height / spatialCompression, width / spatialCompression] as const;
  const windows = [{ x: 0, y: 0, width: latentShape[2], height: latentShape[1] }];
  const denoiserInputs = denoiserInputsOf(request, card);
  const guided = evaluatesTwice(guidanceScale, denoiserInputs);
  return {
    model: card.name,
    modelSha256: card.sha256,
    seed: request.seed,
    count,
    scheduler,
    schedulerConfig,
    steps,
    timesteps,
    guidanceScale,
    guidanceRescale,
    eta,
    width,
    height,
    latentShape,
    windows,
    previewSteps: previewStepsOf(request, timesteps.length),
    evaluations: timesteps.length * windows.length * (guided ? 2 : 1) * count,
    peakMemoryBytes: peakMemoryOf(latentShape, width, height, count),
    denoiserInputs,
  };
}

/** The scheduler that a plan decided on. */
export function schedulerOfPlan(plan: Plan): Scheduler {
  return createScheduler(plan.scheduler, plan.schedulerConfig, plan.steps, { eta: plan.eta });
}

/**
 * Whether every step evaluates the unconditional half too. Not at scale 1, and
 * not where the network takes the scale as an input.
 */
export function usesGuidance(plan: Plan): boolean {
  return evaluatesTwice(plan.guidanceScale, plan.denoiserInputs);
}

/** The seed of one image of a generation: the plan's plus the image's index, modulo 2⁶⁴. */
export function imageSeed(plan: Plan, imageIndex: number): bigint {
  return BigInt.asUintN(64, BigInt(plan.seed) + BigInt(imageIndex));
}

function evaluatesTwice(guidanceScale: number, denoiserInputs: Plan['denoiserInputs']): boolean {
  return guidanceScale !== 1 && !Object.hasOwn(denoiserInputs, TIMESTEP_COND);
}

/** After every n-th step, the last one included when n divides. */
function previewStepsOf({ preview }: GenerationRequest, steps: number): number[] {
  if (preview === undefined) return [];
  const count = Math.floor(steps / preview.everySteps);
  return Array.from({ length: count }, (_, i) => (i + 1) * preview.everySteps - 1);
}

function denoiserInputsOf({ width, height, guidanceScale }: GenerationRequest, card: ModelCard) {
  const inputs: Record<string, PlainTensor> = {};
  const { denoiser } = card;
  if (denoiser.inputs.some(({ name }) => name === TIME_IDS)) {
    // SDXL (arXiv 2307.01952, §2.2): original size, crop offset, target size.
    inputs[TIME_IDS] = { shape: [6], data: [height, width, 0, 0, height, width] };
  }
  if (denoiser.timestepCondDim !== undefined) {
    inputs[TIMESTEP_COND] = guidanceEmbedding(guidanceScale, denoiser.timestepCondDim);
  }
  return inputs;
}

/** Latent-sized arrays alive at once in a step: sample, next, model input, denoised, noise, guided, two predictions, four of history. */
const LIVE_LATENTS = 12;
/** Copies of the image alive at its end: as decoded, as sent, as encoded. */
const LIVE_IMAGES = 3;

/** Forecast of what the gateway holds at most, with all images of the generation under way. */
function peakMemoryOf(latentShape: Plan['latentShape'], width: number, height: number, count: number): number {
  const latentBytes = 4 * elementCount(latentShape);
  const imageBytes = 3 * width * height;
  return count * (LIVE_LATENTS * latentBytes + LIVE_IMAGES * imageBytes);
}
