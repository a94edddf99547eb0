import { type GenerationEvent, isTerminal, TesseraError } from '@tessera/core';

/**
 * How far the caller has read the stream of one generation: what a new
 * connection continues from, and what it must not repeat.
 */
export class StreamPosition {
  #generationId: string | undefined;
  #sequence = 0;
  #ended = false;
  #images: number | undefined;
  readonly #startStep: number | undefined;
  readonly #progress = new Map<number, number>();
  readonly #previews = new Map<number, number>();

  constructor(
    start: { readonly generationId?: string; readonly afterSequence?: number; readonly afterStep?: number } = {},
  ) {
    this.#generationId = start.generationId;
    this.#sequence = start.afterSequence ?? 0;
    this.#startStep = start.afterStep;
  }

  get generationId(): string | undefined {
    return this.#generationId;
  }

  /** Number of the last durable event that the caller has. */
  get sequence(): number {
    return this.#sequence;
  }

  /** The last step that the caller has heard of. One number says nothing about several images: then it is where the caller began. */
  get stepIndex(): number | undefined {
    return this.#images === 1 ? (this.#progress.get(0) ?? this.#startStep) : this.#startStep;
  }

  /** Whether the terminal event has come. */
  get ended(): boolean {
    return this.#ended;
  }

  /**
   * Moves the position, and says whether the event is news to the caller.
   *
   * @throws TesseraError `unavailable` when a durable event is missing before this one.
   */
  admit(event: GenerationEvent): boolean {
    this.#generationId = event.generationId;
    switch (event.type) {
      case 'queued':
        return true;
      case 'progress':
        return this.#advance(this.#progress, event);
      case 'preview':
        return this.#advance(this.#previews, event);
      default:
        return this.#admitDurable(event);
    }
  }

  /** @throws TesseraError `unavailable` when the stream stops here although the generation goes on. */
  assertEnded(): void {
    if (!this.#ended) throw new TesseraError('unavailable', 'the stream ended before the generation did');
  }

  /** Passes over a durable event of a kind that this version does not know. */
  skip(generationId: string, sequence: number): void {
    this.#generationId = generationId;
    this.#sequence = Math.max(this.#sequence, sequence);
  }

  #admitDurable(event: GenerationEvent): boolean {
    if (event.sequence <= this.#sequence) return false;
    if (event.sequence !== this.#sequence + 1) {
      throw new TesseraError('unavailable', `event ${event.sequence} came after event ${this.#sequence}`);
    }
    this.#sequence = event.sequence;
    if (event.type === 'accepted') this.#images = event.plan.count;
    if (event.type === 'restarted') {
      this.#progress.set(event.imageIndex, event.stepIndex - 1);
      this.#previews.set(event.imageIndex, event.stepIndex - 1);
    }
    this.#ended = isTerminal(event);
    return true;
  }

  #advance(steps: Map<number, number>, { imageIndex, stepIndex }: { imageIndex: number; stepIndex: number }): boolean {
    if (stepIndex <= (steps.get(imageIndex) ?? this.#startStep ?? -1)) return false;
    steps.set(imageIndex, stepIndex);
    return true;
  }
}
