import { createInbox, type Msg, type NatsConnection } from 'nats';
import { Bell } from '../bell.js';
import { api } from './jetstream.js';
import type { NatsLink } from './nats-link.js';
import type { ReadMessage, StreamReading } from './stream-reader.js';

export type Delivered =
  | ({ readonly type: 'message' /** Messages that were behind it then. */; readonly pending: number } & ReadMessage)
  /** The server has nothing further up to this sequence of the stream. */
  | { readonly type: 'idle'; readonly sequence: number; readonly nothingPending: boolean };

export interface Delivery {
  /** Ends when the signal is aborted, and when a message is missing or the server has gone silent. */
  items(over: AbortSignal): AsyncGenerator<Delivered, void, undefined>;
  close(): void;
}

const HEARTBEAT_MS = 1_000;
const SILENT_MS = 3 * HEARTBEAT_MS;
/** The server forgets a delivery to nobody after this. */
const INACTIVE_MS = 30_000;
const NANOS = 1e6;
const STATUS = 100;

/**
 * One ephemeral push consumer: messages in order, numbered by the server, with
 * heartbeats while there are none. The server sends no more than what fits its
 * flow control until we have taken it.
 */
export async function openDelivery(
  link: NatsLink,
  connection: NatsConnection,
  { stream, filter, afterSequence, headersOnly = false }: StreamReading,
  timeoutMs: number,
): Promise<Delivery> {
  const inbox = createInbox();
  const waiting: Msg[] = [];
  const bell = new Bell();
  let heardAtMs = performance.now();
  const subscription = connection.subscribe(inbox, {
    callback: (error, message) => {
      if (error !== null) return;
      heardAtMs = performance.now();
      waiting.push(message);
      bell.ring();
    },
  });
  try {
    const config = {
      deliver_subject: inbox,
      deliver_policy: 'by_start_sequence',
      opt_start_seq: afterSequence + 1,
      filter_subject: filter,
      ack_policy: 'none',
      max_deliver: 1,
      flow_control: true,
      idle_heartbeat: HEARTBEAT_MS * NANOS,
      inactive_threshold: INACTIVE_MS * NANOS,
      headers_only: headersOnly,
      mem_storage: true,
      num_replicas: 1,
    };
    const request = { stream_name: stream, config };
    const consumer = await api<ConsumerState>(link, `CONSUMER.CREATE.${stream}`, request, timeoutMs);
    const close = () => {
      subscription.unsubscribe();
      if (connection.isClosed()) return;
      connection.publish(`$JS.API.CONSUMER.DELETE.${stream}.${consumer.name}`);
    };
    return { close, items: (over) => items(consumer, over) };
  } catch (thrown) {
    subscription.unsubscribe();
    throw thrown;
  }

  async function* items({ num_pending }: ConsumerState, over: AbortSignal): AsyncGenerator<Delivered, void, undefined> {
    let delivered = 0;
    if (num_pending === 0) yield { type: 'idle', sequence: afterSequence, nothingPending: true };
    const silence = setInterval(() => bell.ring(), HEARTBEAT_MS).unref();
    try {
      while (!over.aborted) {
        const message = waiting.shift();
        if (message === undefined) {
          if (performance.now() - heardAtMs > SILENT_MS) return;
          await bell.next(over);
          continue;
        }
        if (message.headers?.code === STATUS) {
          // Flow control asks for an answer once we are here.
          const stalled = message.headers.get('Nats-Consumer-Stalled');
          if (message.reply) message.respond();
          else if (stalled !== '') connection.publish(stalled);
          const last = Number(message.headers.get('Nats-Last-Consumer') || delivered);
          if (last !== delivered) return;
          const sequence = Number(message.headers.get('Nats-Last-Stream'));
          yield { type: 'idle', sequence, nothingPending: false };
          continue;
        }
        const place = placeOf(message.reply ?? '');
        delivered += 1;
        if (place.delivered !== delivered) return;
        const { subject, headers, data: payload } = message;
        const { sequence, storedAtMs, pending } = place;
        yield { type: 'message', subject, headers, payload, sequence, storedAtMs, pending };
      }
    } finally {
      clearInterval(silence);
    }
  }
}

interface ConsumerState {
  readonly name: string;
  readonly num_pending: number;
}

/**
 * Where a message stands, from the subject that would acknowledge it:
 * `$JS.ACK.<stream>.<consumer>.<times>.<stream sequence>.<consumer sequence>.<nanoseconds>.<pending>`,
 * with domain and account before the stream, and perhaps more at the end, in later servers.
 */
function placeOf(reply: string) {
  const tokens = reply.split('.');
  const [sequence, delivered, nanos, pending] = (tokens.length > 9 ? tokens.slice(7) : tokens.slice(5)).map(Number);
  return {
    sequence: sequence ?? 0,
    delivered: delivered ?? 0,
    storedAtMs: (nanos ?? 0) / NANOS,
    pending: pending ?? 0,
  };
}
