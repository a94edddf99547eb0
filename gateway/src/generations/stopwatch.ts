/** Times the stages of one image, as its receipt tells them. */
export class Stopwatch {
  readonly #startedMs = performance.now();
  #lapMs = this.#startedMs;
  readonly #timings: { readonly stage: string; readonly ms: number }[] = [];

  constructor(origin?: Stopwatch) {
    if (origin === undefined) return;
    this.#startedMs = origin.#startedMs;
    this.#lapMs = origin.#lapMs;
    this.#timings.push(...origin.#timings);
  }

  /** Names the time since the last lap. */
  lap(stage: string): void {
    const nowMs = performance.now();
    this.#timings.push({ stage, ms: rounded(nowMs - this.#lapMs) });
    this.#lapMs = nowMs;
  }

  /** The laps so far, and the total as of now. */
  timings(total: string): readonly { readonly stage: string; readonly ms: number }[] {
    return [...this.#timings, { stage: total, ms: rounded(performance.now() - this.#startedMs) }];
  }

  /** A stopwatch that shares the laps so far and goes its own way from here. */
  fork(): Stopwatch {
    return new Stopwatch(this);
  }
}

/** To the microsecond. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
