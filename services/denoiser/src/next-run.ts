import { inOrder, type Queue, TesseraError, take, withdraw } from '@tessera/core';
import type { CallPart } from './call-part.js';

/** What would run now. */
export interface NextRun {
  /** In the order of the policy, all of one bucket; empty when nothing waits. */
  readonly parts: readonly CallPart[];
  /** What waits once these have begun. */
  readonly rest: Queue<CallPart>;
}

/**
 * Rows of one run while several tenants are active: one guided call. Whoever
 * comes in between waits for no more than that; a tenant that has the worker
 * for itself fills whole batches.
 */
const SHARED_ROWS = 2;

/**
 * Decides, and changes nothing.
 *
 * @param underWay runs that have begun. A network that has several at once is given them before larger ones: company
 * gains less than a further run beside it.
 */
export function nextRun(queue: Queue<CallPart>, underWay = 0): NextRun {
  const [head] = inOrder(queue);
  const rowLimit = head?.rowLimit ?? 1;
  const { runsAtOnce = 1 } = head?.rows[0]?.evaluation.network ?? {};
  const share = Math.ceil(queue.evaluations / Math.max(1, runsAtOnce - underWay));
  const limits = { evaluations: Math.min(rowLimit, Math.max(SHARED_ROWS, share)), sharedEvaluations: SHARED_ROWS };
  const { calls, queue: rest } = take(queue, limits);
  return { parts: calls, rest };
}

/** The queue without what is later than its generation's time limit, which fails: nobody waits for it any more. */
export function withoutExpired(queue: Queue<CallPart>, nowMs: number): Queue<CallPart> {
  let rest = queue;
  for (;;) {
    const expired = nextRun(rest).parts.filter(({ deadlineMs = Number.POSITIVE_INFINITY }) => deadlineMs <= nowMs);
    if (expired.length === 0) return rest;
    for (const part of expired) {
      rest = withdraw(rest, part);
      part.call.fail(new TesseraError('deadline_exceeded', 'the time limit passed while the call waited'));
    }
  }
}

export function sameParts(some: readonly CallPart[], others: readonly CallPart[]): boolean {
  return some.length === others.length && some.every((part, i) => part.id === others[i]?.id);
}
