import { linkSignals } from '../link-signals.js';
import {
  type LiveChannel,
  type LiveMessage,
  MAX_LIVE_BYTES,
  MAX_WAITING_BYTES,
  MAX_WAITING_MESSAGES,
} from './live-channel.js';
import { assertPattern, assertSize, assertSubject, subjectMatches } from './names.js';
import { NewestWinsQueue } from './newest-wins-queue.js';

/** A live channel between the parts of one process. */
export function createMemoryLiveChannel(closed: AbortSignal): LiveChannel {
  const subscribers = new Set<{ readonly pattern: string; readonly queue: NewestWinsQueue<LiveMessage> }>();
  return {
    publish(subject, payload) {
      closed.throwIfAborted();
      assertSubject(subject);
      assertSize('payload', payload, MAX_LIVE_BYTES);
      for (const { pattern, queue } of subscribers) {
        if (subjectMatches(pattern, subject)) queue.push({ subject, payload: payload.slice() });
      }
    },
    subscribe(pattern, signal) {
      closed.throwIfAborted();
      assertPattern(pattern);
      const { signal: ended, unlink } = linkSignals(signal, closed);
      const queue = new NewestWinsQueue<LiveMessage>({
        maxMessages: MAX_WAITING_MESSAGES,
        maxBytes: MAX_WAITING_BYTES,
        sizeOf: ({ payload }) => payload.length,
      });
      const subscriber = { pattern, queue };
      const leave = () => {
        unlink();
        subscribers.delete(subscriber);
      };
      if (!ended.aborted) subscribers.add(subscriber);
      ended.addEventListener('abort', leave, { once: true });
      return drained(queue, ended, leave);
    },
  };
}

async function* drained(queue: NewestWinsQueue<LiveMessage>, ended: AbortSignal, leave: () => void) {
  try {
    yield* queue.drain(ended);
  } finally {
    leave();
  }
}
