import { setTimeout as delay } from 'node:timers/promises';
import { linkSignals } from '../../link-signals.js';
import { openDelivery } from './delivery.js';
import { api, type StoredMessage } from './jetstream.js';
import { busError } from './nats-errors.js';
import type { NatsLink, NatsSession } from './nats-link.js';

export interface ReadMessage extends StoredMessage {
  readonly subject: string;
}

export type StreamNotice =
  | ({ readonly type: 'message' } & ReadMessage)
  /** Everything that was stored when the reading began has been given. Comes once. */
  | { readonly type: 'caught-up' };

export interface StreamReading {
  readonly stream: string;
  readonly filter: string;
  readonly afterSequence: number;
  /** Leaves the payloads out. */
  readonly headersOnly?: boolean;
}

const API_TIMEOUT_MS = 3_000;
const RETRY_MS = 100;

/** The sequence of a stream's last message; 0 when it never had one. */
export async function lastSequenceOf(link: NatsLink, stream: string, timeoutMs = API_TIMEOUT_MS): Promise<number> {
  const { state } = await api<{ state: { last_seq: number } }>(link, `STREAM.INFO.${stream}`, undefined, timeoutMs);
  return state.last_seq;
}

/**
 * The messages of a stream after a sequence, those stored and then those to
 * come, each once and in order, through any loss of the connection or the
 * server. Ends when the signal is aborted or the link is closed.
 */
export async function* readStream(
  link: NatsLink,
  reading: StreamReading,
  signal: AbortSignal,
): AsyncGenerator<StreamNotice, void, undefined> {
  const { signal: ended, unlink } = linkSignals(signal, link.closed);
  let sequence = reading.afterSequence;
  let catchUpAt: number | undefined;
  let caughtUp = false;
  try {
    for (;;) {
      const session = await link.session(ended);
      if (session === undefined) return;
      try {
        catchUpAt ??= await lastSequenceOf(link, reading.stream);
        for await (const delivered of deliveries(link, session, { ...reading, afterSequence: sequence }, ended)) {
          if (delivered.type === 'message') {
            sequence = delivered.sequence;
            yield delivered;
          }
          const seenAll = delivered.type === 'message' ? delivered.pending === 0 : delivered.nothingPending;
          if (!caughtUp && (seenAll || delivered.sequence >= catchUpAt)) {
            caughtUp = true;
            yield { type: 'caught-up' };
          }
        }
      } catch (thrown) {
        if (busError(thrown).code !== 'unavailable') throw thrown;
      }
      // Lost, or a gap: it goes on behind the last message that was given.
      if (!ended.aborted) await delay(RETRY_MS, undefined, { signal: ended }).catch(() => {});
    }
  } finally {
    unlink();
  }
}

async function* deliveries(link: NatsLink, session: NatsSession, reading: StreamReading, ended: AbortSignal) {
  const { signal: over, unlink } = linkSignals(ended, session.lost);
  try {
    const delivery = await openDelivery(link, session.connection, reading, API_TIMEOUT_MS);
    try {
      yield* delivery.items(over);
    } finally {
      delivery.close();
    }
  } finally {
    unlink();
  }
}
