import type { ProgramLoad } from './worker-program.js';

export interface RunWatchLimits {
  /** A run that takes so many times its forecast hangs. */
  readonly hungForecasts: number;
  /** No run hangs before this. */
  readonly hungAtLeastMs: number;
  /** So many times that wait, and the run will never end. */
  readonly stuckWaits: number;
  readonly checkEveryMs: number;
}

export const RUN_WATCH_LIMITS: RunWatchLimits = {
  hungForecasts: 20,
  hungAtLeastMs: 2_000,
  stuckWaits: 3,
  checkEveryMs: 250,
};

/** `lacking` waits for another process; `stuck` is cured by a new process only: a run cannot be stopped. */
export type RunProgress = 'working' | 'lacking' | 'hung' | 'stuck';

/**
 * Judges by completed work against the forecast for its size whether runs end.
 *
 * Only time in which this process's own loop turned counts: after a pause of
 * the whole process, or of the machine, the run had as little time as we had.
 */
export class RunWatch {
  readonly #limits: RunWatchLimits;
  #completed = -1;
  #stillMs = 0;
  #checkedAtMs: number | undefined;

  constructor(limits: RunWatchLimits = RUN_WATCH_LIMITS) {
    this.#limits = limits;
  }

  /** To be called every `checkEveryMs`. */
  check({ running, evaluationsCompleted, forecastMs, lacksParts = false }: ProgramLoad, nowMs: number): RunProgress {
    const { hungForecasts, hungAtLeastMs, stuckWaits, checkEveryMs } = this.#limits;
    const turnMs = Math.min(nowMs - (this.#checkedAtMs ?? nowMs), 2 * checkEveryMs);
    this.#checkedAtMs = nowMs;
    const moved = running === 0 || lacksParts || evaluationsCompleted !== this.#completed;
    this.#completed = evaluationsCompleted;
    this.#stillMs = moved ? 0 : this.#stillMs + turnMs;
    if (lacksParts) return 'lacking';
    // Of what was never measured nothing can be said.
    if (forecastMs === undefined) return 'working';
    const waitMs = Math.max(hungAtLeastMs, hungForecasts * forecastMs);
    if (this.#stillMs > stuckWaits * waitMs) return 'stuck';
    return this.#stillMs > waitMs ? 'hung' : 'working';
  }
}
