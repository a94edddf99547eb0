import { callAny } from './call-any.js';
import type { Gateways } from './gateways.js';
import type { StreamPosition } from './stream-position.js';

/** Longest wait for a request in flight to tell its id, and for the answer to Cancel. */
const PATIENCE_MS = 5_000;

/**
 * How a caller leaves a running generation. Closing the connection would not
 * stop it: `keep_for` lets it go on for a client that comes back, so the
 * leaving is said with Cancel first.
 */
export class Farewell {
  readonly #gateways: Gateways;
  readonly #position: StreamPosition;
  readonly #cancels: boolean;
  readonly #connection = new AbortController();
  #said: Promise<void> | undefined;
  #tellKnown: () => void = () => {};
  readonly #known: Promise<void>;

  constructor(gateways: Gateways, position: StreamPosition, cancels: boolean) {
    this.#gateways = gateways;
    this.#position = position;
    this.#cancels = cancels;
    this.#known = new Promise((resolve) => {
      this.#tellKnown = resolve;
    });
  }

  /** Aborted once everything is said: the connections' signal. */
  get connection(): AbortSignal {
    return this.#connection.signal;
  }

  /** The generation's id has come, or never will. */
  settled(): void {
    this.#tellKnown();
  }

  /** Cancels the generation unless it has ended, and closes the connection. Never fails; bounded in time. */
  say(reason: unknown): Promise<void> {
    this.#said ??= this.#leave(reason);
    return this.#said;
  }

  async #leave(reason: unknown): Promise<void> {
    try {
      if (this.#cancels && !this.#position.ended) await this.#cancel();
    } finally {
      this.#connection.abort(reason);
    }
  }

  async #cancel(): Promise<void> {
    const timeout = AbortSignal.timeout(PATIENCE_MS);
    if (this.#position.generationId === undefined) {
      const timedOut = new Promise<void>((resolve) => timeout.addEventListener('abort', () => resolve()));
      await Promise.race([this.#known, timedOut]);
    }
    const { generationId } = this.#position;
    if (generationId === undefined) return;
    // A gateway that cannot be reached ends the generation by `keep_for`.
    await callAny(this.#gateways, 'cancel', { generationId }, { timeoutMs: PATIENCE_MS }).catch(() => {});
  }
}
