/**
 * Who watches which generation here. When the last one leaves, the generation
 * is abandoned: at once, or after the time for which it is kept.
 */
export class Watchers {
  readonly #watched = new Map<string, { count: number; abandon: NodeJS.Timeout | undefined }>();
  readonly #abandoned: (generationId: string) => void;

  constructor(abandoned: (generationId: string) => void) {
    this.#abandoned = abandoned;
  }

  /** @returns what the watcher calls when it leaves, however it leaves. */
  enter(generationId: string, keepForMs: number): () => void {
    const entry = this.#watched.get(generationId) ?? { count: 0, abandon: undefined };
    this.#watched.set(generationId, entry);
    clearTimeout(entry.abandon);
    entry.count += 1;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      entry.count -= 1;
      if (entry.count === 0) this.#leftAlone(generationId, entry, keepForMs);
    };
  }

  /** Forgets a generation that has ended. */
  forget(generationId: string): void {
    clearTimeout(this.#watched.get(generationId)?.abandon);
    this.#watched.delete(generationId);
  }

  #leftAlone(generationId: string, entry: { abandon: NodeJS.Timeout | undefined }, keepForMs: number): void {
    const abandon = () => {
      this.#watched.delete(generationId);
      this.#abandoned(generationId);
    };
    if (keepForMs === 0) abandon();
    else entry.abandon = setTimeout(abandon, keepForMs).unref();
  }
}
