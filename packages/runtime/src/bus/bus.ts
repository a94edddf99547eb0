import type { LiveChannel } from './live-channel.js';
import type { LogStore } from './log-store.js';
import type { ObjectStore } from './object-store.js';
import type { Presence } from './presence.js';

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
  /** Ends every iteration. */
  close(): Promise<void>;
}
