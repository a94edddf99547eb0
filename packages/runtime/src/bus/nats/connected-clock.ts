import type { MonotonicClock } from '../presence-observer.js';

/**
 * Counted beyond the last answer of the Bus. A connection whose packets are
 * dropped looks alive until an answer is missed, and a process that was frozen
 * does not know it; neither may count as time in which others were silent.
 */
const UNPROVEN_MS = 1_000;

/** Milliseconds in touch with the Bus: a monotonic clock that stands still while nothing is heard of it. */
export class ConnectedClock {
  readonly #now: MonotonicClock;
  #countedMs = 0;
  #provenAtMs: number | undefined;

  constructor(now: MonotonicClock = () => performance.now()) {
    this.#now = now;
  }

  /** The Bus has answered just now. */
  prove(): void {
    this.#countedMs = this.nowMs();
    this.#provenAtMs = this.#now();
  }

  /** The Bus is away. */
  stop(): void {
    this.#countedMs = this.nowMs();
    this.#provenAtMs = undefined;
  }

  nowMs(): number {
    if (this.#provenAtMs === undefined) return this.#countedMs;
    return this.#countedMs + Math.min(this.#now() - this.#provenAtMs, UNPROVEN_MS);
  }
}
