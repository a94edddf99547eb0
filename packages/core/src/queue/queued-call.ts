import type { TreeOrder } from './ordered-tree.js';

export interface QueuedCall {
  /** Unique in its queue. */
  readonly id: number;
  readonly tenant: string;
  /** Share of its tenant against others; 1 when absent. */
  readonly weight?: number;
  /** Calls of one bucket may share a run: equal model, latent shape, sequence length, extra inputs. */
  readonly bucket: string;
  /** Evaluations: one for each conditioning. */
  readonly evaluations: number;
  /** 0 (background) to 9 (urgent). */
  readonly priority: number;
  /** On the caller's monotonic clock. */
  readonly arrivedAtMs: number;
  readonly deadlineMs?: number;
  /** Evaluations that the call's generation still needs, this call included. */
  readonly remainingEvaluations: number;
  /** The start tag it had in the queue that handed it on: evaluations a unit of weight. */
  readonly virtualStart?: number;
}

export interface QueuePolicy {
  /** A call that waited for so long counts as one class higher. */
  readonly patienceMs: number;
}

export type CallOrder<Call> = TreeOrder<Call>;

/**
 * The order of one tenant's calls. Age counts in whole `patienceMs` since a
 * common beginning, so it does not change while calls wait.
 */
export function callOrder<Call extends QueuedCall>({ patienceMs }: QueuePolicy): CallOrder<Call> {
  const rank = ({ arrivedAtMs, priority }: Call) => Math.floor(arrivedAtMs / patienceMs) - priority;
  return {
    compare: (a, b) =>
      rank(a) - rank(b) ||
      (a.deadlineMs ?? Number.MAX_VALUE) - (b.deadlineMs ?? Number.MAX_VALUE) ||
      a.remainingEvaluations - b.remainingEvaluations ||
      a.arrivedAtMs - b.arrivedAtMs ||
      a.id - b.id,
    weightOf: ({ evaluations }) => evaluations,
  };
}

export function shareOf({ weight = 1 }: QueuedCall): number {
  return weight > 0 && weight < Number.POSITIVE_INFINITY ? weight : 1;
}

export function virtualStartOf({ virtualStart = 0 }: QueuedCall): number {
  return Number.isFinite(virtualStart) ? virtualStart : 0;
}
