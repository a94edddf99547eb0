import { TesseraError } from '@tessera/core';
import { type ReconnectPolicy, waitBeforeRetry } from './backoff.js';

/**
 * One unbroken stream out of several connections: when one is lost, `open` is
 * called again and goes on from where its caller's own position says.
 *
 * @throws TesseraError `unavailable` after `policy.attempts` failures in a row; any other failure at once.
 */
export async function* reconnecting<Item>(
  open: () => AsyncIterable<Item>,
  policy: ReconnectPolicy,
  signal: AbortSignal,
): AsyncGenerator<Item, void, undefined> {
  let failures = 0;
  for (;;) {
    try {
      for await (const item of open()) {
        failures = 0;
        yield item;
      }
      return;
    } catch (thrown) {
      signal.throwIfAborted();
      const error = TesseraError.from(thrown);
      failures += 1;
      if (!isConnectionLoss(error) || failures > policy.attempts) throw error;
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
function isConnectionLoss(error: TesseraError): boolean {
  if (error.code === 'unavailable' || error.code === 'cancelled') return true;
  return error.code === 'internal' && error.message.includes('RST_STREAM');
}
