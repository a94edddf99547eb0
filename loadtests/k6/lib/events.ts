/** A generation's event as protojson has it; fields without a value may be absent. 64-bit numbers are strings. */
export interface GenerationEvent {
  readonly generationId: string;
  readonly sequence: string;
  readonly accepted?: { readonly plan: { readonly evaluations: string } };
  readonly queued?: { readonly position: number };
  readonly started?: object;
  readonly progress?: Step;
  readonly preview?: Step & { readonly image: { readonly sizeBytes: string } };
  readonly region?: object;
  readonly restarted?: { readonly stepIndex: number; readonly imageIndex: number };
  readonly completed?: { readonly image: { readonly sizeBytes: string }; readonly receipt: { readonly steps: number } };
  readonly failed?: { readonly code: string; readonly message: string };
  readonly cancelled?: { readonly stepIndex: number };
}

interface Step {
  readonly stepIndex: number;
  readonly imageIndex: number;
}

const DURABLE = ['accepted', 'started', 'region', 'restarted', 'completed', 'failed', 'cancelled'] as const;

/**
 * Follows what every stream promises: durable events are numbered without
 * gaps, and no step comes twice unless something was restarted.
 *
 * @param last durable number that the viewer has already.
 */
export function contractWatch(last = 0): (event: GenerationEvent) => string | undefined {
  let sequence = last;
  const steps = new Map<string, number>();
  return (event) => {
    if (event.restarted !== undefined) steps.clear();
    if (DURABLE.some((kind) => event[kind] !== undefined)) {
      sequence += 1;
      if (Number(event.sequence) !== sequence) return `durable event ${event.sequence} came in place of ${sequence}`;
    }
    for (const kind of ['progress', 'preview'] as const) {
      const step = event[kind];
      if (step === undefined) continue;
      const image = `${kind} ${step.imageIndex}`;
      if (step.stepIndex <= (steps.get(image) ?? -1)) return `${kind} of step ${step.stepIndex} came again`;
      steps.set(image, step.stepIndex);
    }
    return undefined;
  };
}
