import { Bell } from './bell.js';

/**
 * Messages on their way to one reader. Bounded by count and bytes: when it is
 * full the oldest make room.
 */
export class NewestWinsQueue<Message> {
  readonly #waiting: Message[] = [];
  readonly #sizeOf: (message: Message) => number;
  readonly #maxMessages: number;
  readonly #maxBytes: number;
  readonly #bell = new Bell();
  #bytes = 0;

  constructor(bounds: { maxMessages: number; maxBytes: number; sizeOf: (message: Message) => number }) {
    this.#sizeOf = bounds.sizeOf;
    this.#maxMessages = bounds.maxMessages;
    this.#maxBytes = bounds.maxBytes;
  }

  push(message: Message): void {
    this.#waiting.push(message);
    this.#bytes += this.#sizeOf(message);
    while (this.#waiting.length > this.#maxMessages || (this.#bytes > this.#maxBytes && this.#waiting.length > 1)) {
      this.#shift();
    }
    this.#bell.ring();
  }

  /** Takes messages as they come, until the signal is aborted. */
  async *drain(signal: AbortSignal): AsyncGenerator<Message, void, undefined> {
    while (!signal.aborted) {
      const message = this.#shift();
      if (message !== undefined) yield message;
      else await this.#bell.next(signal);
    }
  }

  #shift(): Message | undefined {
    const message = this.#waiting.shift();
    if (message !== undefined) this.#bytes -= this.#sizeOf(message);
    return message;
  }
}
