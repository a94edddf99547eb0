import type { LiveChannel } from './live-channel.js';
import type { LogStore } from './log-store.js';
import type { ObjectStore } from './object-store.js';
import type { Presence } from './presence.js';

/** How long a call may take while the Bus cannot be reached. */
export interface BusPatience {
  /**
   * Waits for the Bus to come back until this is aborted, and takes up again
   * what was under way. Without it a call fails within a second.
   */
  readonly until?: AbortSignal;
}

/**
 * What gateways share. Everything is addressed by names that any
 * implementation can carry: a generation id or a subject's parts consist of
 * letters, digits, `-` and `_`.
 *
 * Every method throws a TesseraError: `unavailable` while the Bus cannot be
 * reached or after it was closed, `invalid_argument` for an impossible name or
 * size.
 */
export interface Bus {
  readonly logs: LogStore;
  readonly objects: ObjectStore;
  readonly live: LiveChannel;
  readonly presence: Presence;
  /**
   * Milliseconds for which this process has been in touch with the Bus, by its
   * own monotonic clock: it stands still while the Bus is away and while this
   * process is frozen. What another gateway has left undone is judged by it.
   */
  connectedMs(): number;
  /** Aborted with a TesseraError when what was stored is gone: this process must end. */
  readonly failed: AbortSignal;
  /** Ends every iteration. */
  close(): Promise<void>;
}
