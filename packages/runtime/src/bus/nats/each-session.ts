import { once } from 'node:events';
import type { NatsConnection, Subscription } from 'nats';
import { linkSignals } from '../../link-signals.js';
import type { NatsLink } from './nats-link.js';

/**
 * Subscribes on this connection, at once, and on every later one, until the
 * signal is aborted or the link is closed.
 */
export async function forEachSession(
  link: NatsLink,
  ended: AbortSignal,
  subscribe: (connection: NatsConnection) => Subscription,
): Promise<void> {
  while (!ended.aborted) {
    const session = link.current ?? (await link.session(ended));
    if (session === undefined) return;
    if (session.connection.isClosed()) {
      await eitherAborted(session.lost, ended);
      continue;
    }
    const subscription = subscribe(session.connection);
    await eitherAborted(session.lost, ended);
    if (!session.connection.isClosed()) subscription.unsubscribe();
  }
}

async function eitherAborted(...signals: readonly AbortSignal[]): Promise<void> {
  const { signal, unlink } = linkSignals(...signals);
  if (!signal.aborted) await once(signal, 'abort');
  unlink();
}
