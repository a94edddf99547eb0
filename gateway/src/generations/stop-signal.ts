import { setMaxListeners } from 'node:events';
import type { TesseraError } from '@tessera/core';

const NEVER = new AbortController().signal;
setMaxListeners(0, NEVER);

/** The signal that ends a generation, and when this gateway knew. */
export class StopSignal {
  readonly #controller = new AbortController();
  #knownAtNs: bigint | undefined;

  constructor() {
    // Every call of every image listens.
    setMaxListeners(0, this.#controller.signal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** On this machine's monotonic clock (`process.hrtime`), which all its processes share; `undefined` before the stop. */
  get knownAtNs(): bigint | undefined {
    return this.#knownAtNs;
  }

  stop(reason: TesseraError): void {
    this.#knownAtNs ??= process.hrtime.bigint();
    this.#controller.abort(reason);
  }

  /** What a protected part hears: the signal, or never anything when its protection is off. */
  heardIf(isOn: boolean): AbortSignal {
    return isOn ? this.signal : NEVER;
  }
}
