import { TesseraError } from '@tessera/core';
import type { GenerationServiceClient } from '@tessera/proto';
import { type ReconnectPolicy, waitBeforeRetry } from './backoff.js';
import type { Gateways } from './gateways.js';

/**
 * One unbroken stream out of several connections: when one is lost, `open` is
 * called again, with another gateway where there are several, and goes on from
 * where its caller's own position says. A gateway that goes down says so, and
 * the next one is asked at once.
 *
 * @throws TesseraError `unavailable` after `policy.attempts` failures in a row; any other failure at once.
 */
export async function* reconnecting<Item>(
  gateways: Gateways,
  open: (service: GenerationServiceClient) => AsyncIterable<Item>,
  policy: ReconnectPolicy,
  signal: AbortSignal,
): AsyncGenerator<Item, void, undefined> {
  let failures = 0;
  for (;;) {
    const service = gateways.current;
    try {
      for await (const item of open(service)) {
        failures = 0;
        yield item;
      }
      return;
    } catch (thrown) {
      signal.throwIfAborted();
      const error = TesseraError.from(thrown);
      failures += 1;
      if (!isConnectionLoss(error) || failures > policy.attempts) throw error;
      gateways.leave(service);
      if (isGoingDown(error) && failures < gateways.count) continue;
      await waitBeforeRetry(policy, failures, error.retryAfterMs, signal);
    }
  }
}

/**
 * `unavailable` is a gateway going down, one without workers, or none at all.
 * A gateway that shuts down by force resets its streams, which grpc-js reports
 * as CANCELLED although nobody here cancelled (our own leaving never comes
 * this far), and a connection torn down in mid-stream may come as INTERNAL
 * with "RST_STREAM" in its text.
 */
export function isConnectionLoss(error: TesseraError): boolean {
  if (error.code === 'unavailable' || error.code === 'cancelled') return true;
  return error.code === 'internal' && error.message.includes('RST_STREAM');
}

/** The gateway itself said that another one is to be asked. */
function isGoingDown({ reason }: TesseraError): boolean {
  return reason === 'RESUME' || reason === 'GOING_DOWN';
}
