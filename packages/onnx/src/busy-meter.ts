/** How much of the last second the executor spent in runs. Times are of one monotonic clock, milliseconds. */
export class BusyMeter {
  readonly #runs: { readonly startedAtMs: number; readonly endedAtMs: number }[] = [];

  ran(startedAtMs: number, endedAtMs: number): void {
    this.#runs.push({ startedAtMs, endedAtMs });
    this.#forgetBefore(endedAtMs - SPAN_MS);
  }

  /** @param runningSinceMs of the run in progress. @returns 0–1 */
  share(nowMs: number, runningSinceMs?: number): number {
    const begin = nowMs - SPAN_MS;
    this.#forgetBefore(begin);
    let busyMs = runningSinceMs === undefined ? 0 : nowMs - Math.max(begin, runningSinceMs);
    for (const { startedAtMs, endedAtMs } of this.#runs) busyMs += endedAtMs - Math.max(begin, startedAtMs);
    return Math.min(1, Math.max(0, busyMs / SPAN_MS));
  }

  #forgetBefore(ms: number): void {
    while (this.#runs[0] !== undefined && this.#runs[0].endedAtMs < ms) this.#runs.shift();
  }
}

const SPAN_MS = 1000;
