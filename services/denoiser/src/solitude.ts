/** Calls that run with others, and now and then one that runs alone. Who waits for that is not overtaken. */
export class Solitude {
  /** Each resolves once all that was asked for before may begin, or has ended. */
  #gate: Promise<unknown> = Promise.resolve();
  #together = new Set<Promise<unknown>>();
  #waitsAlone = 0;

  /** Runs at once, unless one that is to be alone came before. */
  async together<Result>(act: () => Promise<Result>): Promise<Result> {
    if (this.#waitsAlone > 0) await this.#gate;
    const result = act();
    const ended = result.catch(() => {});
    this.#together.add(ended);
    void ended.then(() => this.#together.delete(ended));
    return result;
  }

  /** Runs when everything that came before has ended; what comes later waits for its end. */
  async alone<Result>(act: () => Promise<Result>): Promise<Result> {
    this.#waitsAlone += 1;
    const before = this.#gate;
    const result = before.then(async () => {
      await Promise.all(this.#together);
      return act();
    });
    this.#gate = result
      .catch(() => {})
      .then(() => {
        this.#waitsAlone -= 1;
      });
    return result;
  }
}
