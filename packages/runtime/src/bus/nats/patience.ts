import { setTimeout as delay } from 'node:timers/promises';
import type { BusPatience } from '../bus.js';
import { busError } from './nats-errors.js';
import type { NatsLink } from './nats-link.js';

/** Of one request when its caller does not wait for the Bus. */
const REQUEST_MS = 600;
/** Of one request when its caller waits anyway: a store that is slow is not away. */
const PATIENT_REQUEST_MS = 3_000;
/** A server that has just come back may not serve its streams yet. */
const PAUSE_MS = 100;

/** How long one request may take. */
export function requestTimeoutMs({ until }: BusPatience): number {
  return until === undefined ? REQUEST_MS : PATIENT_REQUEST_MS;
}

/**
 * Attempts until it succeeds or fails for another reason than that the Bus is
 * away; only once, without patience.
 */
export async function persistently<T>(link: NatsLink, { until }: BusPatience, attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (thrown) {
      const error = busError(thrown);
      if (error.code !== 'unavailable' || until === undefined || until.aborted || link.closed.aborted) throw error;
      await delay(PAUSE_MS, undefined, { signal: until }).catch(() => {});
      await link.session(until);
    }
  }
}
