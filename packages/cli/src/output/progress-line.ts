/** What the progress line tells. */
export interface StepProgress {
  readonly imageIndex: number;
  readonly stepIndex: number;
  readonly steps: number;
  readonly remainingMs: number;
}

/** Steps a second over the steps seen so far. */
export class StepRate {
  #firstAt: number | undefined;
  #seen = 0;

  /** @param now milliseconds of a monotonic clock. */
  tick(now: number): void {
    this.#firstAt ??= now;
    this.#seen += 1;
  }

  /** Undefined until two steps were seen. */
  perSecond(now: number): number | undefined {
    if (this.#firstAt === undefined || this.#seen < 2 || now <= this.#firstAt) return undefined;
    return ((this.#seen - 1) * 1000) / (now - this.#firstAt);
  }
}

/** `image 2/4  step 12/20  38.2 steps/s  0.2 s left`. */
export function progressLine(progress: StepProgress, count: number, rate: number | undefined): string {
  const parts = [
    ...(count > 1 ? [`image ${progress.imageIndex + 1}/${count}`] : []),
    `step ${progress.stepIndex + 1}/${progress.steps}`,
    ...(rate === undefined ? [] : [`${rate.toFixed(1)} steps/s`]),
    `${readableMs(progress.remainingMs)} left`,
  ];
  return parts.join('  ');
}

/** `0.4 s`, `12 s`, `3 min 5 s`. */
export function readableMs(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
