import { TesseraError } from '@tessera/core';
import type { Work } from './work.js';

export interface QueueBounds {
  /** Most work that may wait, as the time it takes. */
  readonly maxQueuedMs: number;
  /** Most generations that may wait. */
  readonly maxQueued: number;
  /** Most that running generations may hold. */
  readonly maxRunningBytes: number;
}

/** What an applicant meets. */
export interface QueueState {
  /** Nothing is between it and the workers. */
  readonly startsAtOnce: boolean;
  /** Generations that wait, all and of its tenant. */
  readonly waiting: number;
  readonly ofTenant: number;
  /** What the workers can do; without them nothing is known of time. */
  readonly times?: {
    /** Milliseconds of work that wait, all and of its tenant. */
    readonly waitingMs: number;
    readonly ofTenantMs: number;
    /** That it adds. */
    readonly ownMs: number;
    /** Until it ends: what is served before it and with it, in its order. */
    readonly endsAfterMs: number;
    /** Until it ends when nothing else is there. */
    readonly aloneMs: number;
  };
  /** Share of its tenant against others. */
  readonly weight: number;
}

const MIN_RETRY_MS = 250;
const MAX_RETRY_MS = 60_000;

/**
 * Refuses what cannot be served. A tenant may have as much waiting as is still
 * free, times its weight (Choudhury and Hahne, "Dynamic queue length
 * thresholds", 1998): one alone gets half, and there is always some left for
 * the next.
 *
 * @throws TesseraError `resource_exhausted`, with the time after which it is worth to try again, if ever.
 */
export function judge(
  { timeLimitMs = Number.POSITIVE_INFINITY, work }: { readonly timeLimitMs?: number; readonly work: Work },
  state: QueueState,
  { maxQueued, maxQueuedMs, maxRunningBytes }: QueueBounds,
): void {
  const { times } = state;
  if (work.peakMemoryBytes > maxRunningBytes) {
    throw refused(`the generation needs ${work.peakMemoryBytes} bytes; ${maxRunningBytes} are there for all`);
  }
  if (!state.startsAtOnce) judgeWait(state, maxQueued, maxQueuedMs);
  if (times === undefined || times.endsAfterMs <= timeLimitMs) return;
  if (times.aloneMs > timeLimitMs) {
    throw refused(`the generation takes ${seconds(times.aloneMs)}, and its time_limit is ${seconds(timeLimitMs)}`);
  }
  const text = `the generation would end after ${seconds(times.endsAfterMs)}, and its time_limit is ${seconds(timeLimitMs)}`;
  throw refused(text, times.endsAfterMs - timeLimitMs);
}

function judgeWait({ waiting, ofTenant, times, weight }: QueueState, maxQueued: number, maxQueuedMs: number): void {
  if (times !== undefined) {
    const { waitingMs, ofTenantMs, ownMs } = times;
    const freeMs = maxQueuedMs - waitingMs;
    const tooMuchMs = Math.max(ownMs - freeMs, (ofTenantMs + ownMs) / weight - freeMs);
    if (tooMuchMs > 0) {
      throw refused(`${seconds(waitingMs)} of work wait already, no more is taken`, tooMuchMs);
    }
  }
  const free = maxQueued - waiting;
  if (free >= 1 && (ofTenant + 1) / weight <= free) return;
  const perPlaceMs = times === undefined ? MAX_RETRY_MS : times.waitingMs / Math.max(1, waiting);
  throw refused(`${waiting} generations wait already, no more are taken`, perPlaceMs);
}

/** @param retryMs until it may be taken; jitter keeps those who were refused together from coming back together. */
function refused(text: string, retryMs?: number): TesseraError {
  if (retryMs === undefined) return new TesseraError('resource_exhausted', text);
  const retryAfterMs = Math.min(MAX_RETRY_MS, Math.max(MIN_RETRY_MS, retryMs * (1 + Math.random())));
  return new TesseraError('resource_exhausted', text, { retryAfterMs });
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
