import { linkSignals } from '../link-signals.js';
import { PRESENCE_EXPIRY_MS, type Presence } from './presence.js';
import { type MonotonicClock, PresenceObserver } from './presence-observer.js';

/** Presence within one process. */
export function createMemoryPresence(
  closed: AbortSignal,
  { expiryMs = PRESENCE_EXPIRY_MS, now = () => performance.now() }: { expiryMs?: number; now?: MonotonicClock } = {},
): Presence {
  const observer = new PresenceObserver(expiryMs, now);
  return {
    async announce(beat) {
      closed.throwIfAborted();
      observer.hear({ ...beat });
    },
    async withdraw(gatewayId) {
      closed.throwIfAborted();
      observer.forget(gatewayId);
    },
    list: () => observer.list(),
    silentMs: (gatewayId) => observer.silentMs(gatewayId),
    async *watch(signal) {
      const { signal: ended, unlink } = linkSignals(signal, closed);
      try {
        yield* observer.watch(ended);
      } finally {
        unlink();
      }
    },
  };
}
