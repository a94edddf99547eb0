import type { GenerationRecord, Receipt, SchedulerState, TesseraError } from '@tessera/core';
import type { CallTrace, Recorder, SpanAttributes, SpanName, Telemetry, TraceSpan } from '@tessera/runtime';
import { within } from '@tessera/runtime';
import { ImageTelemetry } from './image-telemetry.js';

/** Shorter waits are of no interest to anybody. */
const LEAST_WAIT_MS = 1_000;

export type Outcome = 'completed' | 'failed' | 'cancelled' | 'handed_over';

/** What was told of the time left, and when. */
interface Estimate {
  readonly atMs: number;
  readonly remainingMs: number;
}

/** What one generation tells of its run here: its spans, and the figures of its way. */
export class GenerationTelemetry {
  readonly #metrics: Recorder;
  readonly #span: TraceSpan;
  readonly #acceptedMs: number;
  #estimatedStart: Estimate | undefined;
  #estimatedEnd: Estimate | undefined;
  #hasPreview = false;

  /** @param acceptedMs on the clock of `performance.now`. */
  constructor({ metrics }: Telemetry, span: TraceSpan, acceptedMs: number) {
    this.#metrics = metrics;
    this.#span = span;
    this.#acceptedMs = acceptedMs;
  }

  get traceId(): string | undefined {
    return this.#span.traceId;
  }

  /** Of the whole generation. */
  get call(): CallTrace | undefined {
    return this.#span.call;
  }

  /** Its viewers were told when it starts. */
  toldStart(remainingMs: number): void {
    this.#estimatedStart ??= { atMs: performance.now(), remainingMs };
  }

  /** Its viewers were told when it ends. @param left share of its evaluations that is still to be made. */
  toldEnd(remainingMs: number, left: number): void {
    if (left <= 0.5) this.#estimatedEnd ??= { atMs: performance.now(), remainingMs };
  }

  async queued(admitted: () => Promise<void>): Promise<void> {
    await within(this.#span, 'queue', {}, admitted);
    this.#metrics.time('tessera_queue_wait_seconds', performance.now() - this.#acceptedMs, {});
    this.#judge('start', this.#estimatedStart, LEAST_WAIT_MS);
  }

  /** One stage of it as a span. */
  within<Result>(
    name: SpanName,
    attributes: SpanAttributes,
    work: (span: TraceSpan) => Promise<Result>,
  ): Promise<Result> {
    return within(this.#span, name, attributes, work);
  }

  image(imageIndex: number): ImageTelemetry {
    return new ImageTelemetry(this.#metrics, this.#span, imageIndex, () => this.#firstPreview());
  }

  /** An image is whole. */
  made({ seams }: Receipt): void {
    if (seams !== undefined) this.#metrics.record('tessera_seam_ratio', seams.ratio, {});
  }

  /** Keeps a state of an image. */
  async checkpoint(imageIndex: number, stepIndex: number, keep: () => Promise<void>): Promise<void> {
    const beganMs = performance.now();
    const attributes = { 'tessera.image_index': imageIndex, 'tessera.step_index': stepIndex };
    try {
      await within(this.#span, 'checkpoint', attributes, keep);
      this.#metrics.time('tessera_checkpoint_seconds', performance.now() - beganMs, {});
      this.#metrics.count('tessera_checkpoints_total', { outcome: 'kept' });
    } catch (thrown) {
      this.#metrics.count('tessera_checkpoints_total', { outcome: 'failed' });
      throw thrown;
    }
  }

  /** It goes on where another gateway stopped. @param states that its images go on from. */
  resumed({ state }: GenerationRecord, states: Iterable<SchedulerState>): void {
    const steps = Math.max(0, ...[...states].map(({ stepIndex }) => stepIndex));
    const from = state === 'queued' ? 'queue' : steps > 0 ? 'checkpoint' : 'start';
    this.#metrics.count('tessera_resumes_total', { from });
    this.#span.event('resumed', { 'tessera.from': from, 'tessera.step_index': steps });
  }

  stepAfterStop(): void {
    this.#metrics.count('tessera_steps_after_cancel_total', {});
  }

  /** @param error of all but a completed one. */
  ended(outcome: Outcome, error?: TesseraError): void {
    this.#metrics.count('tessera_generations_total', { outcome });
    if (outcome === 'completed') {
      this.#metrics.time('tessera_generation_seconds', performance.now() - this.#acceptedMs, {});
      this.#judge('end', this.#estimatedEnd, 0);
    }
    const why = error && stopOf(error);
    if (why !== undefined) this.#metrics.count('tessera_cancels_total', { why });
    this.#span.set({ 'tessera.outcome': outcome });
    this.#span.end(outcome === 'handed_over' ? undefined : error);
  }

  #firstPreview(): void {
    if (this.#hasPreview) return;
    this.#hasPreview = true;
    this.#metrics.time('tessera_first_preview_seconds', performance.now() - this.#acceptedMs, {});
  }

  #judge(until: 'start' | 'end', told: Estimate | undefined, leastMs: number): void {
    if (told === undefined) return;
    const realMs = performance.now() - told.atMs;
    if (realMs <= leastMs) return;
    this.#metrics.record('tessera_estimate_error_ratio', Math.abs(told.remainingMs - realMs) / realMs, { until });
  }
}

/** Reason of the end of a generation that nobody watches any more. */
export const LEFT = 'LEFT';

function stopOf({ code, reason }: TesseraError): 'asked' | 'left' | 'time_limit' | undefined {
  if (code === 'deadline_exceeded') return 'time_limit';
  if (code !== 'cancelled') return undefined;
  return reason === LEFT ? 'left' : 'asked';
}

/** What the span of a generation says of it: nothing that the user wrote, nor who that is. */
export function generationAttributes({ generationId, plan, lease }: GenerationRecord): SpanAttributes {
  return {
    'tessera.generation_id': generationId,
    'tessera.fence': lease?.fence ?? 0,
    'gen_ai.operation.name': 'generate_content',
    'gen_ai.output.type': 'image',
    'gen_ai.request.model': plan.model,
    'gen_ai.request.choice.count': plan.count,
    'tessera.scheduler': plan.scheduler,
    'tessera.steps': plan.steps,
    'tessera.width': plan.width,
    'tessera.height': plan.height,
    'tessera.windows': plan.windows.length,
    'tessera.evaluations': plan.evaluations,
  };
}

/** Goes on with a generation that another gateway had: in its trace, with a link to the span that was left. */
export function resumedSpan({ spans }: Telemetry, record: GenerationRecord, fence: number): TraceSpan {
  const { traceparent: parent, lease } = record;
  return spans.begin('generation', {
    parent,
    links: [lease?.traceparent ?? parent],
    attributes: {
      ...generationAttributes(record),
      'tessera.fence': fence,
      'tessera.resumed_from': lease?.holder,
    },
  });
}
