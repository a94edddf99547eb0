import { setTimeout as delay } from 'node:timers/promises';

/** How a lost connection is tried again. There is no other retry: grpc-js's own is off. */
export interface ReconnectPolicy {
  /** Tries in a row without anything new arriving before the failure is handed to the caller. */
  readonly attempts: number;
  /** Upper end of the first wait; it doubles with each failure. */
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
  /** A stream that is silent for so long has its gateway asked whether it is there. */
  readonly silentMs: number;
  /** One that does not answer within this time is lost. */
  readonly answerMs: number;
}

/** About 15 s in all, the time a generation is kept for a client that comes back; a frozen gateway is left after 10 s. */
export const DEFAULT_RECONNECT_POLICY: ReconnectPolicy = {
  attempts: 10,
  initialDelayMs: 100,
  maxDelayMs: 4_000,
  silentMs: 5_000,
  answerMs: 5_000,
};

/**
 * The wait before the next try: uniform between half and the whole of the
 * doubled delay, so that clients of one lost gateway do not return together.
 *
 * @param failures in a row, from 1.
 * @param random uniform in [0, 1).
 */
export function backoffMs(policy: ReconnectPolicy, failures: number, random: number): number {
  const ceiling = Math.min(policy.maxDelayMs, policy.initialDelayMs * 2 ** (failures - 1));
  return ceiling * (0.5 + random / 2);
}

/** Waits out the backoff, or what the server asked for when that is longer. */
export async function waitBeforeRetry(
  policy: ReconnectPolicy,
  failures: number,
  retryAfterMs: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  const asked = Math.min(retryAfterMs ?? 0, policy.maxDelayMs);
  await delay(Math.max(asked, backoffMs(policy, failures, Math.random())), undefined, { signal });
}
