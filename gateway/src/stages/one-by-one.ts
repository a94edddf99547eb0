/** A right that one holder has at a time, in the order of asking. */
export class OneByOne {
  #last: Promise<void> = Promise.resolve();

  /**
   * Resolves with the release when its turn has come.
   *
   * @throws the signal's reason; the turn then passes.
   */
  async turn(signal: AbortSignal): Promise<() => void> {
    let release!: () => void;
    const before = this.#last;
    const own = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#last = before.then(() => own);
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([before, aborted]);
    if (signal.aborted) {
      release();
      throw signal.reason;
    }
    return release;
  }
}
