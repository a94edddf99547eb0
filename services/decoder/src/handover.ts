/** Messages in, an async iteration out; whoever puts one in waits until it was taken. */
export class Handover<Message> {
  readonly #waiting: {
    readonly message: Message;
    readonly taken: () => void;
    readonly refused: (reason: unknown) => void;
  }[] = [];
  #closed: { readonly reason: unknown } | undefined;
  #ending: { readonly failure?: unknown } | undefined;
  #wake: () => void = () => {};

  put(message: Message): Promise<void> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed.reason);
    return new Promise((taken, refused) => {
      this.#waiting.push({ message, taken, refused });
      this.#wake();
    });
  }

  /** Ends the iteration after what is in it, with the failure if there is one. */
  end(ending: { readonly failure?: unknown } = {}): void {
    this.#ending ??= ending;
    this.#wake();
  }

  /** Takes nothing more: whoever waits, or comes, is told the reason. */
  close(reason: unknown): void {
    this.#closed ??= { reason };
    for (const { refused } of this.#waiting.splice(0)) refused(reason);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Message, void, undefined> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) {
        try {
          yield next.message;
        } finally {
          next.taken();
        }
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
