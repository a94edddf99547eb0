/** Of the time of a gateway's generations, at most. */
const MOST_SHARE = 0.05;
/** Weight of the newest save against all before. */
const NEWEST = 0.2;
/** Until one was made. */
const FIRST_SAVE_MS = 10;

/**
 * When a checkpoint is worth what it costs: all images that are in the making
 * here together spend a twentieth of the time on theirs, by what the latest
 * ones took.
 */
export class CheckpointPacing {
  #saveMs = FIRST_SAVE_MS;
  #images = 0;

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
    return (this.#saveMs * Math.max(1, this.#images)) / MOST_SHARE;
  }

  saved(ms: number): void {
    this.#saveMs += NEWEST * (ms - this.#saveMs);
  }
}
