/** Of what was seen, half counts after so long. */
const HALF_LIFE_MS = 10_000;
/** What is taken for seen at the beginning: as forecast. */
const PRIOR_MS = 2_000;
const FASTEST = 0.5;
const SLOWEST = 20;

/**
 * How long a millisecond of forecast work takes, learnt while there is more to
 * do than can run: what the workers' own figures leave out.
 */
export class Pace {
  #seenMs = PRIOR_MS;
  #seenWorkMs = PRIOR_MS;
  #doneMs = 0;
  #sinceMs: number | undefined;

  get factor(): number {
    return Math.min(SLOWEST, Math.max(FASTEST, this.#seenMs / this.#seenWorkMs));
  }

  /** So much forecast work is done. */
  did(workMs: number): void {
    this.#doneMs += workMs;
  }

  /** Call it now and then. @param saturated whether anything waits to run. */
  observe(saturated: boolean, nowMs: number): void {
    if (saturated && this.#sinceMs !== undefined) {
      const spanMs = nowMs - this.#sinceMs;
      const kept = 0.5 ** (spanMs / HALF_LIFE_MS);
      this.#seenMs = kept * this.#seenMs + spanMs;
      this.#seenWorkMs = kept * this.#seenWorkMs + this.#doneMs;
    }
    this.#doneMs = 0;
    this.#sinceMs = saturated ? nowMs : undefined;
  }
}
