/** Shorter spans say too little. */
const LEAST_SPAN_MS = 1_000;
const NEWEST = 0.3;
const FASTEST = 0.5;
const SLOWEST = 20;

/**
 * How long a millisecond of forecast work takes, learnt while there is more to
 * do than can run: what the workers' own figures leave out, such as stages that
 * share cores.
 */
export class Pace {
  #factor = 1;
  #done = 0;
  #sinceMs: number | undefined;

  get factor(): number {
    return this.#factor;
  }

  /** So much forecast work is done. */
  did(workMs: number): void {
    this.#done += workMs;
  }

  /** Call it now and then. @param saturated whether anything waits to run. */
  observe(saturated: boolean, nowMs: number): void {
    const spanMs = this.#sinceMs === undefined ? 0 : nowMs - this.#sinceMs;
    if (saturated && this.#sinceMs !== undefined && spanMs < LEAST_SPAN_MS) return;
    if (saturated && this.#done > 0 && spanMs > 0) {
      const seen = Math.min(SLOWEST, Math.max(FASTEST, spanMs / this.#done));
      this.#factor += NEWEST * (seen - this.#factor);
    }
    this.#done = 0;
    this.#sinceMs = saturated ? nowMs : undefined;
  }
}
