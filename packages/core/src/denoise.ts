import { GrowingState } from './growing-state.js';
import { createNoiseStream } from './noise/noise-stream.js';
import type { Plan } from './plan.js';
import { imageSeed, schedulerOfPlan, usesGuidance } from './plan-generation.js';
import { type CanvasPrediction, type Conditionings, createPredictCanvas } from './predict-canvas.js';
import type { SchedulerState } from './schedulers/scheduler.js';
import type { CancelSignal } from './signal.js';
import type { Stages } from './stages.js';
import type { Tensor } from './tensor/tensor.js';
import { rowsOf } from './windows/canvas-rows.js';
import { windowsPerStep } from './windows/moving-grid.js';

/** One image of a generation. */
export interface ImageRun {
  readonly plan: Plan;
  readonly imageIndex: number;
  readonly conditionings: Conditionings;
  /** Where to go on; `undefined` starts from noise. A plan that composes starts from its `composedState`. */
  readonly resumeFrom?: SchedulerState;
  /** What the generation still needs after this trajectory; `undefined`: the images that follow. */
  readonly laterEvaluations?: number;
}

/** One step done. */
export interface DenoiseStep {
  /** 0 … steps − 1. */
  readonly stepIndex: number;
  /** Evaluations of the trajectory: the plan's timesteps. */
  readonly steps: number;
  /** What a checkpoint holds, and the next step starts from. */
  readonly state: SchedulerState;
  /** x̂₀, scaled, [channels, height, width]. */
  readonly denoised: Tensor;
}

/** A step that is under way. */
interface StepUnderWay {
  readonly stepIndex: number;
  readonly prediction: CanvasPrediction;
  readonly made: GrowingState;
  /** Every window of it is at a worker. */
  taken: boolean;
  /** The one that starts from what it makes. */
  next?: StepUnderWay | undefined;
}

/**
 * Denoises one image. Steps overlap: where the scheduler looks at every cell
 * alone, a window of the next step starts once the rows under it are final and
 * all windows of this one are at workers, so that no worker waits for the last
 * of them. While the consumer handles a step, the next one is under way;
 * leaving the loop waits for nothing. A resumed run takes the noise an unbroken
 * one would have taken, and gives the same bits.
 *
 * @throws what `stages.predict` or the signal throws; RangeError when the plan
 *   composes and nothing says where to start.
 */
export async function* denoiseImage(
  { plan, imageIndex, conditionings, resumeFrom, laterEvaluations }: ImageRun,
  stages: Stages,
  signal: CancelSignal,
): AsyncGenerator<DenoiseStep, void, void> {
  const scheduler = schedulerOfPlan(plan);
  const noise = createNoiseStream(imageSeed(plan, imageIndex), plan.latentShape);
  const predictCanvas = createPredictCanvas(plan, conditionings, stages, signal);
  const steps = scheduler.timesteps.length;
  const perStep = windowsPerStep(plan) * (usesGuidance(plan) ? 2 : 1);
  const later = laterEvaluations ?? ((plan.count - 1 - imageIndex) * plan.evaluations) / plan.count;

  /** @param before the step that makes `from`; none when that is whole. */
  function startStep(from: GrowingState, stepIndex: number, before?: StepUnderWay): StepUnderWay | undefined {
    if (stepIndex >= steps) return undefined;
    const made = new GrowingState(scheduler, plan.latentShape);
    const drawn = once(() => (scheduler.drawsNoise(stepIndex) ? noise.at(scheduler.noiseDraw(stepIndex)) : undefined));
    const prediction = predictCanvas({
      stepIndex,
      input: () => from.input,
      remainingEvaluations: (steps - stepIndex) * perStep + later,
      mayStart: (window) => (before === undefined || before.taken) && from.has(window),
      onRows: (rows, predicted) => {
        const noiseOfStep = drawn();
        const step = scheduler.step(from.rows(rows), predicted, noiseOfStep && rowsOf(noiseOfStep, rows));
        made.put(rows, step.state, step.denoised);
        underWay.next?.prediction.advance();
      },
      onTaken: () => {
        underWay.taken = true;
        underWay.next?.prediction.advance();
      },
    });
    const underWay: StepUnderWay = { prediction, made, stepIndex, taken: false };
    // It may fail while nobody waits for it: a consumer that left, or one still busy with the step before.
    prediction.done.catch(() => undefined);
    prediction.advance();
    drawn();
    return underWay;
  }

  if (plan.compose && resumeFrom === undefined) throw new RangeError('a composed image starts from its base image');
  const first = resumeFrom ?? scheduler.init(noise.at(0));
  let underWay = startStep(GrowingState.of(scheduler, first), first.stepIndex);
  while (underWay !== undefined) {
    const { made, stepIndex, prediction } = underWay;
    underWay.next = startStep(made, stepIndex + 1, underWay);
    await prediction.done;
    yield { stepIndex, steps, ...made.step() };
    underWay = underWay.next;
  }
}

/** Makes it when it is first needed. */
function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
