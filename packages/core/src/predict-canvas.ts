import { TesseraError } from './errors.js';
import { guidedPrediction } from './guidance.js';
import { type Plan, tensorFromPlain } from './plan.js';
import type { ModelInput } from './schedulers/scheduler.js';
import type { CancelSignal } from './signal.js';
import type { Conditioning, Stages } from './stages.js';
import type { Tensor } from './tensor/tensor.js';
import { cutWindow } from './windows/cut.js';
import { mergeWindows } from './windows/merge.js';

/** The two sides of guidance; without `unconditional` there is none. */
export interface Conditionings {
  readonly unconditional?: Conditioning;
  readonly conditional: Conditioning;
}

/** Predicts the whole canvas at one timestep. */
export type PredictCanvas = (input: ModelInput, remainingEvaluations: number) => Promise<Tensor>;

/**
 * Makes one prediction for a canvas of the plan out of as many calls as it has
 * windows, all under way at once, and merges windows and guidance in the
 * plan's order. Once the signal is aborted, no call starts.
 */
export function createPredictCanvas(
  plan: Plan,
  { unconditional, conditional }: Conditionings,
  stages: Stages,
  signal: CancelSignal,
): PredictCanvas {
  const { windows, latentShape, guidanceScale, guidanceRescale } = plan;
  const conditionings = unconditional === undefined ? [conditional] : [unconditional, conditional];
  const inputs = Object.fromEntries(
    Object.entries(plan.denoiserInputs).map(([name, plain]) => [name, tensorFromPlain(plain)]),
  );

  async function predictWindow(latent: Tensor, timestep: number, remainingEvaluations: number) {
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

  return async ({ latent, timestep }, remainingEvaluations) => {
    signal.throwIfAborted();
    const perWindow = await Promise.all(
      windows.map((window, i) =>
        predictWindow(cutWindow(latent, window), timestep, remainingEvaluations - i * conditionings.length),
      ),
    );
    const [first, second] = conditionings.map((_, side) =>
      mergeWindows(
        perWindow.map((predictions) => predictions[side] as Tensor),
        windows,
        latentShape,
      ),
    ) as [Tensor, Tensor?];
    const prediction = second === undefined ? first : guidedPrediction(first, second, guidanceScale, guidanceRescale);
    if (!prediction.data.every(Number.isFinite)) {
      throw new TesseraError('internal', `the denoiser's prediction at timestep ${timestep} is not finite`);
    }
    return prediction;
  };
}
