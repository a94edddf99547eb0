import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { TesseraError } from '@tessera/core';
import { connect, type Msg, type MsgHdrs, type NatsConnection } from 'nats';
import { linkSignals } from '../../link-signals.js';
import type { Logger } from '../../logger.js';
import { Bell } from '../bell.js';
import { ConnectedClock } from './connected-clock.js';
import { busError } from './nats-errors.js';
import { type NatsSecurity, securityOptions } from './nats-security.js';

/** One connection for as long as it lasts. */
export interface NatsSession {
  readonly connection: NatsConnection;
  /** Aborted when it is over. */
  readonly lost: AbortSignal;
}

export interface NatsLinkSetup {
  readonly servers: readonly string[];
  /** Of the connection, in the server's monitoring. */
  readonly name: string;
  readonly security?: NatsSecurity | undefined;
  readonly logger: Logger;
  /**
   * Judges a new connection before anybody uses it.
   *
   * @throws TesseraError other than `unavailable` when no further attempt will do.
   */
  readonly greet: (connection: NatsConnection) => Promise<void>;
}

const CONNECT_TIMEOUT_MS = 1_000;
const RETRY_MS = 250;
const PING_EVERY_MS = 500;
const PONG_WITHIN_MS = 2_000;

/**
 * The way to NATS, for ever: when a connection ends or goes silent another one
 * is made. The client's own reconnecting (`maxReconnectAttempts: -1`) is not
 * used: it paces itself by the wall clock, and it waits for a silent peer to
 * take what is unsent before it lets go of it.
 */
export class NatsLink {
  readonly clock = new ConnectedClock();
  readonly #setup: NatsLinkSetup;
  readonly #bell = new Bell();
  readonly #closed = new AbortController();
  readonly #failed = new AbortController();
  #session: NatsSession | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(setup: NatsLinkSetup) {
    this.#setup = setup;
  }

  /** Aborted by {@link close}. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Aborted with the TesseraError for which no further connection is tried. */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  /**
   * Connects and keeps connected; resolves with the first connection.
   *
   * @throws TesseraError that `greet` threw; the signal's reason when it is aborted first.
   */
  async open(signal: AbortSignal): Promise<void> {
    this.#running = this.#run();
    const { signal: ended, unlink } = linkSignals(signal, this.failed);
    const session = await this.session(ended).finally(unlink);
    if (session !== undefined) return;
    const { reason } = this.failed.aborted ? this.failed : signal;
    await this.close();
    throw reason;
  }

  async close(): Promise<void> {
    this.#closed.abort(new TesseraError('unavailable', 'the Bus is closed'));
    await this.#running;
  }

  /** The connection there is, or the next one; `undefined` once the signal is aborted or the link is closed. */
  async session(signal: AbortSignal): Promise<NatsSession | undefined> {
    const { signal: ended, unlink } = linkSignals(signal, this.closed);
    try {
      while (!ended.aborted) {
        if (this.#session !== undefined) return this.#session;
        await this.#bell.next(ended);
      }
      return undefined;
    } finally {
      unlink();
    }
  }

  /** @throws TesseraError `unavailable` while there is no connection, and after {@link close}. */
  get connection(): NatsConnection {
    this.closed.throwIfAborted();
    if (this.#session === undefined) throw new TesseraError('unavailable', 'the Bus is away');
    return this.#session.connection;
  }

  /** The connection as it is used just now, if there is one. */
  get current(): NatsSession | undefined {
    return this.#session;
  }

  /** Resolves once the server has what was sent before. @throws TesseraError `unavailable` when the connection ends first. */
  flush(): Promise<void> {
    const { connection } = this;
    const lost = this.#session?.lost ?? this.closed;
    // The client never settles the flush of a connection that ended.
    return new Promise((resolve, reject) => {
      const end = () => reject(new TesseraError('unavailable', 'the connection to NATS ended'));
      if (lost.aborted) end();
      lost.addEventListener('abort', end, { once: true });
      connection
        .flush()
        .then(resolve, reject)
        .finally(() => lost.removeEventListener('abort', end));
    });
  }

  /** Sends without an answer; nothing happens while there is no connection. */
  tell(subject: string, payload: Uint8Array): void {
    const connection = this.#session?.connection;
    if (connection !== undefined && !connection.isClosed()) connection.publish(subject, payload);
  }

  /** Asks and waits for one answer. @throws whatever the client throws; `unavailable` while there is no connection. */
  request(subject: string, payload: Uint8Array, options: { timeoutMs: number; headers?: MsgHdrs }): Promise<Msg> {
    const { timeoutMs: timeout, headers } = options;
    return this.connection.request(subject, payload, { timeout, ...(headers && { headers }) });
  }

  async #run(): Promise<void> {
    const { logger } = this.#setup;
    let wasAway = false;
    while (!this.closed.aborted && !this.failed.aborted) {
      let connection: NatsConnection;
      try {
        connection = await this.#connect();
      } catch (thrown) {
        const error = busError(thrown);
        if (error.code !== 'unavailable') this.#failed.abort(error);
        else if (!wasAway) logger.warn('waiting for NATS', { cause: error.message });
        wasAway = true;
        await delay(RETRY_MS, undefined, { signal: this.closed }).catch(() => {});
        continue;
      }
      // Closed while it was made: nobody ends what nobody attends.
      if (this.closed.aborted) {
        letGo(connection);
        return;
      }
      logger.info('connected to NATS', { server: connection.getServer(), version: connection.info?.version });
      wasAway = false;
      await this.#attend(connection);
      if (!this.closed.aborted) logger.warn('lost NATS');
    }
  }

  async #connect(): Promise<NatsConnection> {
    const { servers, name, greet, security = {} } = this.#setup;
    const connection = await connect({
      servers: [...servers],
      ...securityOptions(servers, security),
      name,
      timeout: CONNECT_TIMEOUT_MS,
      reconnect: false,
      // What this process publishes reaches its own subscribers without NATS.
      noEcho: true,
      noAsyncTraces: true,
    });
    try {
      await greet(connection);
      return connection;
    } catch (thrown) {
      letGo(connection);
      throw thrown;
    }
  }

  /** Until the connection ends, is silent, or the link is closed. */
  async #attend(connection: NatsConnection): Promise<void> {
    const lost = new AbortController();
    const end = () => lost.abort();
    void connection.closed().then(end);
    this.closed.addEventListener('abort', end, { once: true });
    this.clock.prove();
    this.#session = { connection, lost: lost.signal };
    this.#bell.ring();
    while (!lost.signal.aborted && (await answers(connection, lost.signal))) {
      this.clock.prove();
      await delay(PING_EVERY_MS, undefined, { signal: lost.signal }).catch(() => {});
    }
    this.#session = undefined;
    this.clock.stop();
    this.closed.removeEventListener('abort', end);
    end();
    letGo(connection);
  }
}

/** Without waiting for a peer that may be silent. */
function letGo(connection: NatsConnection): void {
  connection.close().catch(() => {});
}

/** Whether the server answers a ping in time. */
async function answers(connection: NatsConnection, lost: AbortSignal): Promise<boolean> {
  let answered = false;
  const patience = new AbortController();
  const stop = () => patience.abort();
  lost.addEventListener('abort', stop, { once: true });
  connection.flush().then(() => {
    answered = true;
    stop();
  }, stop);
  await delay(PONG_WITHIN_MS, undefined, { signal: patience.signal }).catch(() => {});
  lost.removeEventListener('abort', stop);
  // After a pause of this whole process the timer comes before the answer that is there already.
  if (!answered && !lost.aborted) await turn().then(() => turn());
  return answered;
}
