/** A worker is hung after this many times its forecast without progress. */
const HUNG_FORECASTS = 20;
/** Beats come twice a second; a shorter wait would judge a worker between two of them. */
const HUNG_AT_LEAST_MS = 2_000;

/**
 * Judges by its step counter whether a worker that still beats also works: it
 * is hung when it has had something running for 20 × the forecast and nothing
 * was completed.
 */
export class ProgressWatch {
  readonly #longestRunMs: number;
  #completed = -1;
  #stillSinceMs: number | undefined;

  /** @param longestRunMs of those that the worker measured at start. */
  constructor(longestRunMs: number) {
    this.#longestRunMs = longestRunMs;
  }

  /**
   * @param forecastMs what the worker says of the run in progress; 0 when it cannot tell.
   * @returns whether the worker is hung, as of this beat.
   */
  beat(running: number, completed: number, nowMs: number, forecastMs = 0): boolean {
    const moved = completed !== this.#completed || running === 0;
    this.#completed = completed;
    if (moved) this.#stillSinceMs = undefined;
    if (running === 0) return false;
    this.#stillSinceMs ??= nowMs;
    const limitMs = Math.max(HUNG_AT_LEAST_MS, HUNG_FORECASTS * Math.max(this.#longestRunMs, forecastMs));
    return nowMs - this.#stillSinceMs > limitMs;
  }
}
