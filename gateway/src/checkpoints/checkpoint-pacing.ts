/**
 * Of the time, for saving alone. What follows on it in every process (deliveries of the entry, the deletion of the
 * oldest) is two to three times as much, so that all of it stays well below a twentieth.
 */
const MOST_SHARE = 0.005;
/** Saves whose least time is what one costs. */
const LATEST = 16;
/** Until one was made. */
const FIRST_SAVE_MS = 1;

/**
 * When a checkpoint is worth what it costs: all images that are in the making
 * here together spend a share of the time on theirs.
 *
 * Nobody waits for them, so what one costs is what it keeps busy. Most of the
 * time that one takes on a loaded machine it stands behind others; the least
 * of the latest ones' times is near to what it takes by itself.
 */
export class CheckpointPacing {
  readonly #share: number;
  readonly #latestMs: number[] = [];
  #costMs: number;
  #images = 0;

  /**
   * @param share of the time, at most.
   * @param firstMs taken to be the cost until one was made.
   */
  constructor(share = MOST_SHARE, firstMs = FIRST_SAVE_MS) {
    this.#share = share;
    this.#costMs = firstMs;
  }

  /** An image begins. @returns what is called when it ends. */
  enter(): () => void {
    this.#images += 1;
    let left = false;
    return () => {
      if (!left) this.#images -= 1;
      left = true;
    };
  }

  /** Time between two checkpoints of one image. */
  get intervalMs(): number {
    return (this.#costMs * Math.max(1, this.#images)) / this.#share;
  }

  saved(ms: number): void {
    this.#latestMs.push(ms);
    if (this.#latestMs.length > LATEST) this.#latestMs.shift();
    this.#costMs = Math.min(...this.#latestMs);
  }
}
