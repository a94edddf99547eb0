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
  readonly #limitMs: number;
  #completed = -1;
  #stillSinceMs: number | undefined;

  /** @param forecastMs the longest run that the worker forecasts. */
  constructor(forecastMs: number) {
    this.#limitMs = Math.max(HUNG_AT_LEAST_MS, HUNG_FORECASTS * forecastMs);
  }

  /** @returns whether the worker is hung, as of this beat. */
  beat(running: number, completed: number, nowMs: number): boolean {
    const moved = completed !== this.#completed || running === 0;
    this.#completed = completed;
    if (moved) this.#stillSinceMs = undefined;
    if (running === 0) return false;
    this.#stillSinceMs ??= nowMs;
    return nowMs - this.#stillSinceMs > this.#limitMs;
  }
}
