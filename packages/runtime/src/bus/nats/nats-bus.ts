import type { Logger } from '../../logger.js';
import type { Bus } from '../bus.js';
import { PRESENCE_EXPIRY_MS } from '../presence.js';
import { Greeting } from './greeting.js';
import { LogTail } from './log-tail.js';
import { busError } from './nats-errors.js';
import { NatsLink } from './nats-link.js';
import { createNatsLiveChannel } from './nats-live-channel.js';
import { NatsLogStore } from './nats-log-store.js';
import { NatsObjectStore } from './nats-object-store.js';
import { createNatsPresence } from './nats-presence.js';
import type { NatsSecurity } from './nats-security.js';
import { deleteOrphanParts } from './orphan-parts.js';
import { persistently } from './patience.js';
import { BUS_PROTECTIONS, type BusProtections } from './protections.js';
import { SeenStore } from './store-identity.js';

export interface NatsBusSetup {
  /** `nats://host:port` each; any of them will do. */
  readonly servers: readonly string[];
  /** Who connects, as the server's monitoring tells it. */
  readonly name: string;
  /** Without it NATS is told no name, and is not asked for one. */
  readonly security?: NatsSecurity | undefined;
  readonly logger: Logger;
  /** Where it is remembered which store was last seen at these servers. */
  readonly seenFolder: string;
  /** Of the server's monitoring, where its durability can be read. */
  readonly monitorUrl?: string | undefined;
  /** Copies of what is stored, in a cluster of servers; only who finds a new store is asked. */
  readonly replicas?: number;
  /** How long a gateway may be silent. */
  readonly presenceExpiryMs?: number | undefined;
  /** For tests: how old an unfinished object is before its parts are deleted. */
  readonly orphanedAfterMs?: number;
  /** For tests, which show what each of them holds. */
  readonly protections?: Partial<BusProtections>;
}

/**
 * The Bus of a cluster: logs and objects in JetStream, the rest over core NATS.
 * Waits for NATS to be there.
 *
 * @throws TesseraError `failed_precondition` when the server will not do;
 *   `internal` when it has lost what was stored; the signal's reason when it is
 *   aborted first.
 */
export async function connectNatsBus(setup: NatsBusSetup, signal: AbortSignal): Promise<Bus> {
  const { servers, name, security, logger, seenFolder, monitorUrl, replicas = 1 } = setup;
  const protections = { ...BUS_PROTECTIONS, ...setup.protections };
  const seen = new SeenStore(seenFolder, servers, logger);
  const greeting = new Greeting({ logger, seen, replicas, monitorUrl });
  const link = new NatsLink({ servers, name, security, logger, greet: (connection) => greeting.greet(connection) });
  await link.open(signal);
  const tail = new LogTail();
  const presence = createNatsPresence(link, setup.presenceExpiryMs ?? PRESENCE_EXPIRY_MS);
  try {
    // Whoever is told of this Bus may count on it to hear the others.
    await persistently(link, { until: signal }, async () => {
      await link.flush();
      await tail.open(link);
    });
  } catch (thrown) {
    await link.close();
    throw thrown;
  }
  deleteOrphanParts(link, setup.orphanedAfterMs).catch((thrown) => {
    logger.warn('could not look for parts of objects that were never finished', { cause: busError(thrown).message });
  });
  return {
    logs: new NatsLogStore(link, tail, protections),
    objects: new NatsObjectStore(link, protections),
    live: createNatsLiveChannel(link),
    presence,
    connectedMs: () => link.clock.nowMs(),
    failed: link.failed,
    close: () => link.close(),
  };
}
