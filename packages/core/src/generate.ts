import { type BaseImage, type BaseStep, composeStart } from './compose-image.js';
import { type DenoiseStep, denoiseImage, type ImageRun } from './denoise.js';
import { TesseraError } from './errors.js';
import type { Plan } from './plan.js';
import { usesGuidance } from './plan-generation.js';
import type { Conditionings } from './predict-canvas.js';
import type { GenerationRequest } from './request.js';
import type { SchedulerState } from './schedulers/scheduler.js';
import type { CancelSignal } from './signal.js';
import type { PixelBand, Stages } from './stages.js';
import type { Tensor } from './tensor/tensor.js';

export type ImageEvent =
  | BaseStep
  /** Where the canvas starts from its base image: what a checkpoint holds from here on. */
  | { readonly type: 'composed'; readonly state: SchedulerState }
  | ({ readonly type: 'step' } & DenoiseStep)
  /** The finished latent, scaled, before it is decoded: a failed decode is repeated from here. */
  | { readonly type: 'latent'; readonly latent: Tensor }
  /** The next rows, from the top. */
  | { readonly type: 'pixels'; readonly band: PixelBand };

/** Encodes a generation's prompts: both sides of guidance in one call, or the prompt alone without guidance. */
export async function encodePrompts(
  request: GenerationRequest,
  plan: Plan,
  stages: Stages,
  signal: CancelSignal,
): Promise<Conditionings> {
  signal.throwIfAborted();
  const { prompt, negativePrompt } = request;
  const wanted = { text: prompt, absent: false };
  const unwanted = { text: negativePrompt ?? '', absent: negativePrompt === undefined };
  const prompts = usesGuidance(plan) ? [unwanted, wanted] : [wanted];
  const encoded = await stages.encode(prompts, signal);
  const conditional = encoded.at(-1);
  if (conditional === undefined || encoded.length !== prompts.length) {
    throw new TesseraError('internal', `the text encoder answered ${prompts.length} prompts with ${encoded.length}`);
  }
  return encoded.length === 2 ? { unconditional: encoded[0], conditional } : { conditional };
}

/**
 * Makes one image: its base image where it composes, its steps, its latent,
 * its pixels. A run that resumes needs no base image any more; one that
 * resumes from a finished trajectory has no steps and decodes at once.
 *
 * @param base of a plan that composes.
 * @throws what the stages or the signal throw.
 */
export async function* generateImage(
  run: ImageRun,
  stages: Stages,
  signal: CancelSignal,
  base?: BaseImage,
): AsyncGenerator<ImageEvent, void, void> {
  let state = run.resumeFrom;
  if (state === undefined && base !== undefined) {
    state = yield* composeStart(run, base, signal);
    yield { type: 'composed', state };
  }
  const begun = state === undefined ? run : { ...run, resumeFrom: state };
  for await (const step of denoiseImage(begun, stages, signal)) {
    state = step.state;
    yield { type: 'step', ...step };
  }
  if (state === undefined) throw new RangeError('a plan without timesteps makes no image');
  yield { type: 'latent', latent: state.sample };
  signal.throwIfAborted();
  for await (const band of stages.decode(state.sample, signal)) yield { type: 'pixels', band };
}
