import { composedState } from './compose.js';
import { gatherPixels } from './decode/pixel-bands.js';
import { type DenoiseStep, denoiseImage, type ImageRun } from './denoise.js';
import { type EnlargedImage, enlargeImage } from './enlarge.js';
import { TesseraError } from './errors.js';
import type { Plan, Window } from './plan.js';
import type { SchedulerState } from './schedulers/scheduler.js';
import type { CancelSignal } from './signal.js';
import type { Pixels, Stages } from './stages.js';
import type { Tensor } from './tensor/tensor.js';
import { eachWindow } from './windows/each-window.js';
import { createWindowMerge } from './windows/merge.js';

/** The native-size image that a canvas starts from. */
export interface BaseImage {
  /** Of `baseRequest`. */
  readonly plan: Plan;
  /** For its size. */
  readonly stages: Stages;
  /** The latent of some pixels, RGB8: the posterior's mean, scaled, [channels, height, width]. */
  readonly encodeImage: (pixels: Pixels, signal: CancelSignal) => Promise<Tensor>;
}

/** A step of the base image. */
export interface BaseStep extends DenoiseStep {
  readonly type: 'base-step';
}

/** Windows of the enlarged image that are cut and sent to encoders at once. */
const WINDOWS_IN_FLIGHT = 8;

/**
 * Makes the base image and returns the state that the canvas starts from:
 * denoise at native size, decode, enlarge in pixels, encode, noise to the
 * plan's start step.
 *
 * @throws what the stages or the signal throw.
 */
export async function* composeStart(
  { plan, imageIndex, conditionings }: ImageRun,
  base: BaseImage,
  signal: CancelSignal,
): AsyncGenerator<BaseStep, SchedulerState, void> {
  const laterEvaluations = plan.evaluations - (imageIndex * plan.evaluations + base.plan.evaluations) / plan.count;
  const run = { plan: base.plan, imageIndex, conditionings, laterEvaluations };
  let latent: Tensor | undefined;
  for await (const step of denoiseImage(run, base.stages, signal)) {
    latent = step.state.sample;
    yield { type: 'base-step', ...step };
  }
  if (latent === undefined) throw new RangeError('a base image without steps');
  signal.throwIfAborted();
  const pixels = await gatherPixels(base.stages.decode(latent, signal), base.plan);
  const enlarged = enlargeImage(pixels, plan);
  return composedState(plan, imageIndex, await encodeCanvas(plan, enlarged, base.encodeImage, signal));
}

/**
 * The latent of an image of the plan's size, window by window: each is encoded
 * on its own, and they are merged like predictions (as LDM encodes what is too
 * large for one pass; arXiv 2112.10752, `split_input_params` in its code). So
 * no encoder sees more than a native-size image, however large the canvas is.
 */
async function encodeCanvas(
  plan: Plan,
  image: EnlargedImage,
  encodeImage: BaseImage['encodeImage'],
  signal: CancelSignal,
): Promise<Tensor> {
  const { windows, latentShape, height } = plan;
  const pixelsPerCell = height / latentShape[1];
  const merge = createWindowMerge(plan)(1);
  async function encodeWindow(window: Window): Promise<Tensor> {
    const { x, y, width, height } = window;
    const [left, top] = [x * pixelsPerCell, y * pixelsPerCell];
    const region = { x: left, y: top, width: width * pixelsPerCell, height: height * pixelsPerCell };
    const latent = await encodeImage(image.region(region), signal);
    if (latent.shape.join() === [latentShape[0], height, width].join()) return latent;
    throw new TesseraError('internal', `the encoder answered ${region.width}×${region.height} with [${latent.shape}]`);
  }
  await eachWindow(windows, WINDOWS_IN_FLIGHT, signal, encodeWindow, (latent) => merge.add([latent]));
  return merge.canvases()[0] as Tensor;
}
