/** Messages in, an async iteration out; whoever writes does not wait. */
export class Outbox<Message> {
  readonly #waiting: Message[] = [];
  #ending: { readonly failure?: unknown } | undefined;
  #wake: () => void = () => {};

  push(message: Message): void {
    this.#waiting.push(message);
    this.#wake();
  }

  /** Ends the iteration after what is in it, with the failure if there is one. */
  end(ending: { readonly failure?: unknown } = {}): void {
    this.#ending ??= ending;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Message, void, undefined> {
    for (;;) {
      const message = this.#waiting.shift();
      if (message !== undefined) {
        yield message;
      } else if (this.#ending !== undefined) {
        if ('failure' in this.#ending) throw this.#ending.failure;
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
