import { TesseraError } from './errors.js';
import { guidedPrediction } from './guidance.js';
import type { Plan, Window } from './plan.js';
import type { ModelInput } from './schedulers/scheduler.js';
import type { CancelSignal } from './signal.js';
import type { Conditioning, Stages } from './stages.js';
import type { Tensor } from './tensor/tensor.js';
import { cutWindow } from './windows/cut.js';
import { eachWindow } from './windows/each-window.js';
import { createWindowMerge } from './windows/merge.js';
import { windowInputs } from './windows/window-inputs.js';

/** The two sides of guidance; without `unconditional` there is none. */
export interface Conditionings {
  readonly unconditional?: Conditioning;
  readonly conditional: Conditioning;
}

/** Predicts the whole canvas at one timestep. */
export type PredictCanvas = (input: ModelInput, remainingEvaluations: number) => Promise<Tensor>;

/**
 * Windows of one image that are cut and asked for at once. More than many
 * denoisers take with their best batch running and the next one waiting, and
 * few enough that a canvas of thousands of windows is not in memory twice.
 */
const WINDOWS_IN_FLIGHT = 256;

/**
 * Makes one prediction for a canvas of the plan out of as many calls as it has
 * windows, and merges windows and guidance in the plan's order, windows as
 * they come: whoever makes them, and in whatever order they come, the bits are
 * the same. Once the signal is aborted or a window has failed, no call starts.
 */
export function createPredictCanvas(
  plan: Plan,
  { unconditional, conditional }: Conditionings,
  stages: Stages,
  signal: CancelSignal,
): PredictCanvas {
  const { windows, guidanceScale, guidanceRescale } = plan;
  const conditionings = unconditional === undefined ? [conditional] : [unconditional, conditional];
  const startMerge = createWindowMerge(plan);

  async function predictWindow(window: Window, latent: Tensor, timestep: number, remainingEvaluations: number) {
    const inputs = windowInputs(plan, window);
    const predictions = await stages.predict({ latent, timestep, conditionings, inputs, remainingEvaluations }, signal);
    if (
      predictions.length === conditionings.length &&
      predictions.every(({ data }) => data.length === latent.data.length)
    ) {
      return predictions;
    }
    const shapes = predictions.map(({ shape }) => `[${shape}]`).join(', ');
    throw new TesseraError(
      'internal',
      `the denoiser answered ${conditionings.length} of [${latent.shape}] with ${shapes}`,
    );
  }

  /** The canvas under each conditioning. */
  async function predictSides({ latent, timestep }: ModelInput, remainingEvaluations: number) {
    const merge = startMerge(conditionings.length);
    await eachWindow(
      windows,
      WINDOWS_IN_FLIGHT,
      signal,
      (window, index) => {
        const left = remainingEvaluations - index * conditionings.length;
        return predictWindow(window, cutWindow(latent, window), timestep, left);
      },
      (predictions) => merge.add(predictions),
    );
    return merge.canvases() as readonly [Tensor, Tensor?];
  }

  return async (input, remainingEvaluations) => {
    signal.throwIfAborted();
    const [first, second] = await predictSides(input, remainingEvaluations);
    const prediction = second === undefined ? first : guidedPrediction(first, second, guidanceScale, guidanceRescale);
    if (!prediction.data.every(Number.isFinite)) {
      throw new TesseraError('internal', `the denoiser's prediction at timestep ${input.timestep} is not finite`);
    }
    return prediction;
  };
}
