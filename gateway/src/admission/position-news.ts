/** A waiting generation hears of itself at least this often. */
const TELL_EVERY_MS = 9_000;
/** Smaller changes are no news. */
const MATERIAL_SHARE = 0.1;
const MATERIAL_MS = 250;
/** A far place changes often without meaning much. */
const LEAST_PAUSE_MS = 500;

/** Where one generation stands in the queue, told when that is news: to its viewers who count down by themselves. */
export class PositionNews {
  readonly #tell: (position: number, remainingMs: number) => void;
  #told: { readonly position: number; readonly remainingMs: number; readonly atMs: number } | undefined;

  constructor(tell: (position: number, remainingMs: number) => void) {
    this.#tell = tell;
  }

  offer(position: number, remainingMs: number, nowMs: number): void {
    if (!this.#isNews(position, remainingMs, nowMs)) return;
    this.#told = { position, remainingMs, atMs: nowMs };
    this.#tell(position, remainingMs);
  }

  #isNews(position: number, remainingMs: number, nowMs: number): boolean {
    if (this.#told === undefined) return true;
    const agoMs = nowMs - this.#told.atMs;
    if (agoMs >= TELL_EVERY_MS) return true;
    if (agoMs < LEAST_PAUSE_MS && position > 1) return false;
    const places = Math.abs(position - this.#told.position);
    if (places > 0 && places >= MATERIAL_SHARE * this.#told.position) return true;
    const expectedMs = Math.max(0, this.#told.remainingMs - agoMs);
    return Math.abs(remainingMs - expectedMs) >= Math.max(MATERIAL_MS, MATERIAL_SHARE * expectedMs);
  }
}
