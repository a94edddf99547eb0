import type { Capacity } from './capacity.js';

/** Of what was seen, half counts after so long. */
const HALF_LIFE_MS = 10_000;
/** What the workers' answers say counts as much as this long a time of seeing. */
const PRIOR_MS = 2_000;

/**
 * How long an evaluation takes the cluster, as it is seen while there is more
 * to do than can run: with all that the workers' own figures leave out.
 */
export class Pace {
  #seenMs = 0;
  /** Of evaluations made, as the workers described them, so that it holds when there are more workers or fewer. */
  #describedMs = 0;
  #doneMs = 0;
  #sinceMs: number | undefined;

  evaluationMs({ describedEvaluationMs, evaluationMs }: Capacity): number {
    const prior = PRIOR_MS * (evaluationMs / describedEvaluationMs);
    return (describedEvaluationMs * (prior + this.#seenMs)) / (PRIOR_MS + this.#describedMs);
  }

  /** @param ms of work, as the workers described it. */
  did(ms: number): void {
    this.#doneMs += ms;
  }

  /** Call it now and then. @param saturated whether anything waits to run. */
  observe(saturated: boolean, nowMs: number): void {
    if (saturated && this.#sinceMs !== undefined) {
      const spanMs = nowMs - this.#sinceMs;
      const kept = 0.5 ** (spanMs / HALF_LIFE_MS);
      this.#seenMs = kept * this.#seenMs + spanMs;
      this.#describedMs = kept * this.#describedMs + this.#doneMs;
    }
    this.#doneMs = 0;
    this.#sinceMs = saturated ? nowMs : undefined;
  }
}
