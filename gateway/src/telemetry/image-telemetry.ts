import { type CallTrace, NO_SPAN, type Recorder, type TraceSpan } from '@tessera/runtime';

/** What one image of a generation tells on its way. */
export class ImageTelemetry {
  readonly #metrics: Recorder;
  readonly #generation: TraceSpan;
  readonly #imageIndex: number;
  readonly #firstPreview: () => void;
  #span: TraceSpan = NO_SPAN;
  #steppedMs: number | undefined;
  #previewedMs: number | undefined;

  constructor(metrics: Recorder, generation: TraceSpan, imageIndex: number, firstPreview: () => void) {
    this.#metrics = metrics;
    this.#generation = generation;
    this.#imageIndex = imageIndex;
    this.#firstPreview = firstPreview;
  }

  /** Of the stage that it is in: what its calls belong to. */
  get call(): CallTrace | undefined {
    return this.#span.call ?? this.#generation.call;
  }

  denoises(): void {
    this.#enter('denoise');
    this.#steppedMs = performance.now();
  }

  step(stepIndex: number): void {
    const nowMs = performance.now();
    if (this.#steppedMs !== undefined) this.#metrics.time('tessera_step_seconds', nowMs - this.#steppedMs, {});
    this.#steppedMs = nowMs;
    this.#span.event('step', { 'tessera.step_index': stepIndex });
  }

  previewed(): void {
    const nowMs = performance.now();
    this.#metrics.count('tessera_previews_total', {});
    if (this.#previewedMs === undefined) this.#firstPreview();
    else this.#metrics.time('tessera_preview_gap_seconds', nowMs - this.#previewedMs, {});
    this.#previewedMs = nowMs;
  }

  previewDropped(): void {
    this.#metrics.count('tessera_previews_dropped_total', { where: 'making' });
  }

  decodes(): void {
    this.#enter('decode');
  }

  /** @param thrown why there is no image. */
  ended(thrown?: unknown): void {
    this.#span.end(thrown);
    this.#span = NO_SPAN;
  }

  #enter(stage: 'denoise' | 'decode'): void {
    this.#span.end();
    this.#span = this.#generation.begin(stage, { 'tessera.image_index': this.#imageIndex });
  }
}
