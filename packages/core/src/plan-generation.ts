import { planDecode } from './decode/plan-decode.js';
import { guidanceEmbedding } from './lcm-guidance.js';
import type { ModelCard } from './model-card.js';
import type { PlainTensor, Plan } from './plan.js';
import { planCompose } from './plan-compose.js';
import { peakMemoryOf } from './plan-memory.js';
import type { GenerationRequest } from './request.js';
import { resolveSchedulerConfig } from './schedule/resolve-config.js';
import { createScheduler } from './schedulers/create-scheduler.js';
import type { Scheduler } from './schedulers/scheduler.js';
import { windowsPerStep } from './windows/moving-grid.js';
import { nativeWindow } from './windows/native-window.js';
import { planWindows } from './windows/window-grid.js';
import { TIME_IDS } from './windows/window-inputs.js';

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
  const method = createScheduler(scheduler, schedulerConfig, steps, { eta });
  const { timesteps } = method;
  const canvas = { width: width / spatialCompression, height: height / spatialCompression };
  const latentShape = [channels, canvas.height, canvas.width] as const;
  const windows = planWindows(canvas, nativeWindow(card), request.tiling);
  const tiling: Pick<Plan, 'tiling'> = windows.length > 1 ? { tiling: request.tiling } : {};
  const compose = windows.length > 1 ? planCompose(request, card, method) : undefined;
  const decode = planDecode(card, latentShape, tiling.tiling);
  const denoiserInputs = denoiserInputsOf(request, card);
  const sides = evaluatesTwice(guidanceScale, denoiserInputs) ? 2 : 1;
  const firstStep = compose?.startStep ?? 0;
  const layout = { latentShape, windows, ...tiling };
  const calls = (timesteps.length - firstStep) * windowsPerStep(layout) + (compose ? timesteps.length : 0);
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
    ...tiling,
    ...(compose && { compose }),
    ...(decode && { decode }),
    previewSteps: previewStepsOf(request, timesteps.length),
    evaluations: calls * sides * count,
    peakMemoryBytes: count * peakMemoryOf({ ...layout, width, height, decode }, request.outputFormat, sides),
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
