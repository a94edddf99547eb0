/** Ends sooner than this after its start count as quick failures. */
const QUICK_MS = 10_000;
const MOST_QUICK_FAILURES = 5;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;

/** What to do about a process that ended by itself. */
export type RestartDecision =
  | { readonly type: 'restart'; readonly delayMs: number }
  | { readonly type: 'give-up'; readonly quickFailures: number };

/**
 * Restarts with a growing delay; a process that keeps ending right after its
 * start is given up.
 */
export class RestartPolicy {
  #quickFailures = 0;

  /** @param livedMs time from the start to the end. */
  afterEnd(livedMs: number): RestartDecision {
    this.#quickFailures = livedMs < QUICK_MS ? this.#quickFailures + 1 : 0;
    if (this.#quickFailures >= MOST_QUICK_FAILURES) return { type: 'give-up', quickFailures: this.#quickFailures };
    return { type: 'restart', delayMs: Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#quickFailures) };
  }
}
