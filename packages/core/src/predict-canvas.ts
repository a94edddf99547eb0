import { TesseraError } from './errors.js';
import { guidedPrediction } from './guidance.js';
import type { Plan, Window } from './plan.js';
import { usesGuidance } from './plan-generation.js';
import type { ModelInput } from './schedulers/scheduler.js';
import type { CancelSignal } from './signal.js';
import type { Conditioning, Stages } from './stages.js';
import type { Tensor } from './tensor/tensor.js';
import { type CanvasRows, finalRows } from './windows/canvas-rows.js';
import { cutWindow } from './windows/cut.js';
import { createInOrder } from './windows/in-order.js';
import { createWindowMerge } from './windows/merge.js';
import { gridOfStep, layoutOfStep } from './windows/moving-grid.js';
import { windowInputs } from './windows/window-inputs.js';

/** The two sides of guidance; without `unconditional` there is none. */
export interface Conditionings {
  readonly unconditional?: Conditioning;
  readonly conditional: Conditioning;
}

/** A canvas to be predicted at one timestep, and who hears of it. */
export interface CanvasRequest {
  readonly stepIndex: number;
  /** Called once a window may start. */
  readonly input: () => ModelInput;
  readonly remainingEvaluations: number;
  /** Whether a window of the input may be cut and asked for now; asked again after every `advance`. */
  readonly mayStart?: (window: Window) => boolean;
  /** Rows of the prediction that are final; each once, before the promise resolves. */
  readonly onRows: (rows: CanvasRows, prediction: Tensor) => void;
  /** A worker has taken the last of the windows. */
  readonly onTaken?: () => void;
}

/** Nothing of it is asked for before the first `advance`. */
export interface CanvasPrediction {
  /** Asks for what may start. */
  advance(): void;
  /** Resolves when every window is merged. */
  readonly done: Promise<void>;
}

export type PredictCanvas = (request: CanvasRequest) => CanvasPrediction;

/**
 * Windows of one step that are cut and asked for at once. More than many
 * denoisers take with their best batch running and the next one waiting, and
 * few enough that a canvas of thousands of windows is not in memory twice.
 */
const WINDOWS_IN_FLIGHT = 256;

/**
 * Makes one prediction for a canvas of the plan out of as many calls as it has
 * windows, and merges windows and guidance in the plan's order, windows as
 * they come: whoever makes them, and in whatever order they come, the bits are
 * the same. Once the signal is aborted or a window of any of its predictions
 * has failed, no call starts.
 */
export function createPredictCanvas(
  plan: Plan,
  { unconditional, conditional }: Conditionings,
  stages: Stages,
  signal: CancelSignal,
): PredictCanvas {
  const { guidanceScale, guidanceRescale } = plan;
  const conditionings = unconditional === undefined ? [conditional] : [unconditional, conditional];
  const rowWise = isRowWise(plan);
  let failed = false;

  async function predictWindow(
    window: Window,
    { latent: canvas, timestep }: ModelInput,
    remainingEvaluations: number,
    onTaken: () => void,
  ) {
    const latent = cutWindow(canvas, window);
    const call = { latent, timestep, conditionings, inputs: windowInputs(plan, window), remainingEvaluations, onTaken };
    const predictions = await stages.predict(call, signal);
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

  function guided([first, second]: readonly Tensor[], timestep: number): Tensor {
    if (first === undefined) throw new RangeError('a prediction without conditioning');
    const prediction = second === undefined ? first : guidedPrediction(first, second, guidanceScale, guidanceRescale);
    if (!allFinite(prediction.data)) {
      throw new TesseraError('internal', `the denoiser's prediction at timestep ${timestep} is not finite`);
    }
    return prediction;
  }

  return ({ stepIndex, input, remainingEvaluations, mayStart = () => true, onRows, onTaken = () => {} }) => {
    const grid = gridOfStep(plan, stepIndex);
    const layout = layoutOfStep(plan, grid);
    const { windows } = layout;
    const columns = grid.x.starts.length;
    const lastRow = grid.y.starts.length - 1;
    const runs = rowWise ? finalRows(grid.y) : [{ y: 0, height: plan.latentShape[1], after: lastRow }];
    const merge = createWindowMerge(layout)(conditionings.length);
    let [next, inFlight, taken, merged] = [0, 0, 0, 0];
    let settle: { readonly resolve: () => void; readonly reject: (reason: unknown) => void };
    const done = new Promise<void>((resolve, reject) => {
      settle = { resolve, reject };
    });
    const inOrder = createInOrder((predictions: readonly Tensor[]) => {
      merge.add(predictions);
      merged += 1;
      if (merged % columns !== 0) return;
      const row = merged / columns - 1;
      for (const run of runs) {
        if (run.after === row) onRows(run, guided(merge.rows(run), input().timestep));
      }
      if (merged === windows.length) settle.resolve();
    });

    function start(index: number): void {
      let isTaken = false;
      const take = () => {
        if (isTaken) return;
        isTaken = true;
        taken += 1;
        if (taken === windows.length) onTaken();
      };
      inFlight += 1;
      predictWindow(windows[index] as Window, input(), remainingEvaluations, take)
        .then((predictions) => {
          inFlight -= 1;
          take();
          inOrder.put(index, predictions);
          advance();
        })
        .catch(fail);
    }

    function fail(thrown: unknown): void {
      failed = true;
      settle.reject(thrown);
    }

    function advance(): void {
      try {
        while (!failed && next < windows.length && inFlight < WINDOWS_IN_FLIGHT) {
          if (!mayStart(windows[next] as Window)) return;
          signal.throwIfAborted();
          next += 1;
          start(next - 1);
        }
      } catch (thrown) {
        fail(thrown);
      }
    }

    return { advance, done };
  };
}

/** Whether what becomes of a row depends on no other: dynamic thresholding and guidance rescale look at the whole canvas. */
function isRowWise(plan: Plan): boolean {
  return !plan.schedulerConfig.thresholding && (plan.guidanceRescale === 0 || !usesGuidance(plan));
}

function allFinite(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
