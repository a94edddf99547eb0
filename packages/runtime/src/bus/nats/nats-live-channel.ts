import type { LiveChannel } from '../live-channel.js';
import { LiveSubscribers } from '../live-subscribers.js';
import { forEachSession } from './each-session.js';
import { liveSubject, subjectOfLive } from './layout.js';
import type { NatsLink } from './nats-link.js';

/**
 * Within this process messages go straight to their subscribers, also while
 * NATS is away; to other processes over core NATS, which stores nothing. What
 * cannot be sent at once is not sent.
 */
export function createNatsLiveChannel(link: NatsLink): LiveChannel {
  const subscribers = new LiveSubscribers(link.closed);
  return {
    publish(subject, payload) {
      subscribers.publish(subject, payload);
      // The client reads what it was given only after this returns.
      link.tell(liveSubject(subject), payload.slice());
    },
    subscribe(pattern, signal) {
      const { push, ended, messages } = subscribers.subscribe(pattern, signal);
      void forEachSession(link, ended, (connection) =>
        connection.subscribe(liveSubject(pattern), {
          callback: (error, { subject, data }) => {
            if (error === null) push({ subject: subjectOfLive(subject), payload: new Uint8Array(data) });
          },
        }),
      );
      return messages;
    },
  };
}
