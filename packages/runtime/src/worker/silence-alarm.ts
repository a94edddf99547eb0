import { TesseraError } from '@tessera/core';

/** Aborts when nothing was heard for a while. */
export class SilenceAlarm {
  readonly #controller = new AbortController();
  readonly #afterMs: number;
  #timer: NodeJS.Timeout | undefined;
  #beats = 0;

  constructor(afterMs: number) {
    this.#afterMs = afterMs;
    this.heard();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  heard(): void {
    this.#beats += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#suspect(), this.#afterMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** After a pause of this process itself, beats wait in the socket: they are read before anyone is judged. */
  #suspect(): void {
    const beats = this.#beats;
    setImmediate(() =>
      setImmediate(() => {
        if (beats !== this.#beats) return;
        this.#controller.abort(new TesseraError('unavailable', `no beat for ${this.#afterMs} ms`));
      }),
    );
  }
}
