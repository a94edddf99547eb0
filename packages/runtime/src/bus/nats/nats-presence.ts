import { linkSignals } from '../../link-signals.js';
import type { GatewayBeat, Presence } from '../presence.js';
import { PresenceObserver } from '../presence-observer.js';
import { forEachSession } from './each-session.js';
import { ALL_GATEWAYS, gatewayOfPresence, presenceSubject } from './layout.js';
import type { NatsLink } from './nats-link.js';

/**
 * Presence over core NATS: a beat that cannot be sent is lost, the next one
 * comes soon. Silence is counted in the time for which this process was in
 * touch with NATS.
 */
export function createNatsPresence(link: NatsLink, expiryMs: number): Presence {
  const observer = new PresenceObserver(expiryMs, () => link.clock.nowMs());
  void forEachSession(link, link.closed, (connection) =>
    connection.subscribe(ALL_GATEWAYS, {
      callback: (error, { subject, data }) => {
        if (error !== null) return;
        if (data.length === 0) observer.forget(gatewayOfPresence(subject));
        else observer.hear(JSON.parse(Buffer.from(data).toString('utf8')) as GatewayBeat);
      },
    }),
  );
  return {
    async announce(beat) {
      link.closed.throwIfAborted();
      observer.hear({ ...beat });
      link.tell(presenceSubject(beat.gatewayId), Buffer.from(JSON.stringify(beat)));
    },
    async withdraw(gatewayId) {
      link.closed.throwIfAborted();
      observer.forget(gatewayId);
      link.tell(presenceSubject(gatewayId), new Uint8Array());
    },
    list: () => observer.list(),
    silentMs: (gatewayId) => observer.silentMs(gatewayId),
    async *watch(signal) {
      const { signal: ended, unlink } = linkSignals(signal, link.closed);
      try {
        yield* observer.watch(ended);
      } finally {
        unlink();
      }
    },
  };
}
