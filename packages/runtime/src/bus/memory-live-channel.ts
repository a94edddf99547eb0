import type { LiveChannel } from './live-channel.js';
import { LiveSubscribers } from './live-subscribers.js';

/** A live channel between the parts of one process. */
export function createMemoryLiveChannel(closed: AbortSignal): LiveChannel {
  const subscribers = new LiveSubscribers(closed);
  return {
    publish: (subject, payload) => subscribers.publish(subject, payload),
    subscribe: (pattern, signal) => subscribers.subscribe(pattern, signal).messages,
  };
}
