/** How much of a generation is done, and how long the rest takes at the pace so far. */
export class RemainingWork {
  readonly #evaluations: number;
  readonly #startedMs: number;
  #done = 0;

  /** @param evaluations of the whole generation. */
  constructor(evaluations: number, nowMs: number) {
    this.#evaluations = evaluations;
    this.#startedMs = nowMs;
  }

  completed(evaluations: number): void {
    this.#done += evaluations;
  }

  get evaluations(): number {
    return Math.max(0, this.#evaluations - this.#done);
  }

  /** Milliseconds; 0 until there is a pace to measure. */
  remainingMs(nowMs: number): number {
    return this.#done === 0 ? 0 : ((nowMs - this.#startedMs) / this.#done) * this.evaluations;
  }
}
