import type { MsgHdrs, NatsConnection } from 'nats';
import type { Logger } from '../../logger.js';
import { type Asked, api } from './jetstream.js';
import { STREAMS } from './layout.js';
import { isStreamNameInUse, isStreamNotFound } from './nats-errors.js';
import { assertUsable, tellDurability } from './server-checks.js';
import { type SeenStore, storeIdOf } from './store-identity.js';

export interface GreetingSetup {
  readonly logger: Logger;
  readonly seen: SeenStore;
  /** Copies of each stream in a cluster of servers. */
  readonly replicas: number;
  readonly monitorUrl?: string | undefined;
}

const TIMEOUT_MS = 2_000;

/**
 * Judges each new connection: a server that can serve as the Bus, with the
 * store that was last seen. The first one may make the streams of a new store.
 */
export class Greeting {
  readonly #setup: GreetingSetup;
  #storeId: string | undefined;

  constructor(setup: GreetingSetup) {
    this.#setup = setup;
  }

  /** @throws TesseraError `failed_precondition` for a server that will not do, `internal` for an emptied store. */
  async greet(connection: NatsConnection): Promise<void> {
    const { info } = connection;
    if (info === undefined) throw new Error('a connection without a server');
    assertUsable(info);
    const { seen, logger, monitorUrl } = this.#setup;
    const nats = askedOf(connection);
    const expected = this.#storeId ?? (await seen.read());
    if (!(await this.#hasStreams(nats, expected === undefined))) throw seen.emptied();
    const storeId = await storeIdOf(nats, TIMEOUT_MS);
    if (expected !== undefined && storeId !== expected) throw seen.emptied();
    if (expected === undefined) await seen.write(storeId);
    if (this.#storeId === undefined) await tellDurability(info.version, monitorUrl, logger);
    this.#storeId = storeId;
  }

  async #hasStreams(nats: Asked, mayCreate: boolean): Promise<boolean> {
    for (const { name, subjects } of STREAMS) {
      try {
        await api(nats, `STREAM.INFO.${name}`, undefined, TIMEOUT_MS);
      } catch (thrown) {
        if (!isStreamNotFound(thrown)) throw thrown;
        if (!mayCreate) return false;
        await this.#create(nats, name, subjects);
      }
    }
    return true;
  }

  async #create(nats: Asked, name: string, subjects: readonly string[]): Promise<void> {
    const config = {
      name,
      subjects,
      retention: 'limits',
      storage: 'file',
      // What was accepted is never dropped to make room for more.
      discard: 'new',
      allow_direct: true,
      num_replicas: this.#setup.replicas,
      max_msgs: -1,
      max_bytes: -1,
      max_age: 0,
      max_consumers: -1,
    };
    try {
      await api(nats, `STREAM.CREATE.${name}`, config, TIMEOUT_MS);
    } catch (thrown) {
      // Another gateway was faster.
      if (!isStreamNameInUse(thrown)) throw thrown;
    }
  }
}

function askedOf(connection: NatsConnection): Asked {
  return {
    request: (subject: string, payload: Uint8Array, options: { timeoutMs: number; headers?: MsgHdrs }) => {
      const { timeoutMs: timeout, headers } = options;
      return connection.request(subject, payload, { timeout, ...(headers && { headers }) });
    },
  };
}
