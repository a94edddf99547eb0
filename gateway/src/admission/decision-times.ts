/** Decisions that are remembered. */
const REMEMBERED = 10_000;

/** How long decisions took, of the latest ones. */
export class DecisionTimes {
  readonly #times = new Float64Array(REMEMBERED);
  #count = 0;

  /** All there were. */
  get count(): number {
    return this.#count;
  }

  add(ms: number): void {
    this.#times[this.#count % REMEMBERED] = ms;
    this.#count += 1;
  }

  /** @returns 0 while there was none. */
  p99Ms(): number {
    const latest = this.#times.slice(0, Math.min(this.#count, REMEMBERED)).sort();
    return latest[Math.max(0, Math.ceil(0.99 * latest.length) - 1)] ?? 0;
  }
}
