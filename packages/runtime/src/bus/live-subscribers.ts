import { linkSignals } from '../link-signals.js';
import { type LiveMessage, MAX_LIVE_BYTES, MAX_WAITING_BYTES, MAX_WAITING_MESSAGES } from './live-channel.js';
import { assertPattern, assertSize, assertSubject, subjectMatches } from './names.js';
import { NewestWinsQueue } from './newest-wins-queue.js';

export interface LiveSubscription {
  /** Gives a message to this subscriber alone. */
  push(message: LiveMessage): void;
  /** Aborted when the subscriber has left. */
  readonly ended: AbortSignal;
  readonly messages: AsyncIterable<LiveMessage>;
}

/** The subscribers within one process. */
export class LiveSubscribers {
  readonly #subscribers = new Set<{ readonly pattern: string; readonly queue: NewestWinsQueue<LiveMessage> }>();
  readonly #closed: AbortSignal;

  constructor(closed: AbortSignal) {
    this.#closed = closed;
  }

  /** Gives each that hears the subject a copy. @throws TesseraError `invalid_argument`, or `unavailable` once closed. */
  publish(subject: string, payload: Uint8Array): void {
    this.#closed.throwIfAborted();
    assertSubject(subject);
    assertSize('payload', payload, MAX_LIVE_BYTES);
    for (const { pattern, queue } of this.#subscribers) {
      if (subjectMatches(pattern, subject)) queue.push({ subject, payload: payload.slice() });
    }
  }

  subscribe(pattern: string, signal: AbortSignal): LiveSubscription {
    this.#closed.throwIfAborted();
    assertPattern(pattern);
    const { signal: over, unlink } = linkSignals(signal, this.#closed);
    const queue = new NewestWinsQueue<LiveMessage>({
      maxMessages: MAX_WAITING_MESSAGES,
      maxBytes: MAX_WAITING_BYTES,
      sizeOf: ({ payload }) => payload.length,
    });
    const subscriber = { pattern, queue };
    const left = new AbortController();
    const leave = () => {
      unlink();
      this.#subscribers.delete(subscriber);
      left.abort();
    };
    this.#subscribers.add(subscriber);
    if (over.aborted) leave();
    else over.addEventListener('abort', leave, { once: true });
    return { push: (message) => queue.push(message), ended: left.signal, messages: drained(queue, over, leave) };
  }
}

async function* drained(queue: NewestWinsQueue<LiveMessage>, over: AbortSignal, leave: () => void) {
  try {
    yield* queue.drain(over);
  } finally {
    leave();
  }
}
