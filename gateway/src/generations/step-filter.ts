import type { GenerationEvent, Plan } from '@tessera/core';

export interface StepFilterSetup {
  readonly plan: Plan;
  /** Only later steps are sent. */
  readonly afterStep: number | undefined;
  /** Of the generation's previews, those after every n-th step; 0: none; `undefined`: all. */
  readonly previewEverySteps: number | undefined;
  /** Whether the stream sees the generation from its first step: earlier previews then count as superseded. */
  readonly fromStart: boolean;
}

type StepEvent = Extract<GenerationEvent, { type: 'progress' | 'preview' }>;
type PreviewEvent = Extract<GenerationEvent, { type: 'preview' }>;

/** Lets each step of each image through once on one stream, and counts the previews that the stream did not carry. */
export class StepFilter {
  readonly #setup: StepFilterSetup;
  readonly #previewSteps: readonly number[];
  readonly #lastStep = new Map<string, number>();
  readonly #carried = new Map<number, { readonly after: number; received: number }>();

  constructor(setup: StepFilterSetup) {
    this.#setup = setup;
    this.#previewSteps = setup.plan.previewSteps.filter((stepIndex) => this.#wantsPreview(stepIndex));
  }

  /** The event as the stream sends it; `undefined` when it does not. */
  pass(event: GenerationEvent): GenerationEvent | undefined {
    switch (event.type) {
      case 'restarted':
        this.#restart(event.imageIndex, event.stepIndex);
        return event;
      case 'progress':
        return this.#isNews(event) ? event : undefined;
      case 'preview':
        return this.#wantsPreview(event.stepIndex) && this.#isNews(event) ? this.#counted(event) : undefined;
      default:
        return event;
    }
  }

  #isNews({ type, imageIndex, stepIndex }: StepEvent): boolean {
    const place = `${type} ${imageIndex}`;
    if (stepIndex <= (this.#lastStep.get(place) ?? this.#setup.afterStep ?? -1)) return false;
    this.#lastStep.set(place, stepIndex);
    return true;
  }

  #wantsPreview(stepIndex: number): boolean {
    const { plan, previewEverySteps: every } = this.#setup;
    if (every === undefined || every === 1) return true;
    if (every === 0) return false;
    return (stepIndex + 1) % every === 0 || stepIndex === plan.timesteps.length - 1;
  }

  #counted(event: PreviewEvent): PreviewEvent {
    const { imageIndex, stepIndex } = event;
    const carried = this.#carried.get(imageIndex) ?? { after: this.#firstAfter(stepIndex), received: 0 };
    this.#carried.set(imageIndex, carried);
    carried.received += 1;
    const made = this.#previewSteps.filter((step) => step > carried.after && step <= stepIndex).length;
    const superseded = Math.max(0, made - carried.received);
    // Streams that keep up are sent the same object.
    return superseded === event.superseded ? event : { ...event, superseded };
  }

  /** A stream that began in the middle answers for nothing before its first preview. */
  #firstAfter(stepIndex: number): number {
    const { afterStep, fromStart } = this.#setup;
    return afterStep ?? (fromStart ? -1 : stepIndex - 1);
  }

  #restart(imageIndex: number, stepIndex: number): void {
    this.#lastStep.set(`progress ${imageIndex}`, stepIndex - 1);
    this.#lastStep.set(`preview ${imageIndex}`, stepIndex - 1);
    this.#carried.set(imageIndex, { after: stepIndex - 1, received: 0 });
  }
}
