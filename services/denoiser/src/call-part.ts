import type { QueuedCall } from '@tessera/core';
import type { CallOrder__Output } from '@tessera/proto';
import type { Evaluation } from './evaluation.js';
import type { PendingCall } from './pending-call.js';

/**
 * What waits in the queue: evaluations of one call that may share a run and
 * fit one. They start together or not at all.
 */
export interface CallPart extends QueuedCall {
  readonly call: PendingCall;
  /** Rows of a run that fit its bucket. */
  readonly rowLimit: number;
  /** Positions in the call, and what is there. */
  readonly rows: readonly CallRow[];
}

export interface CallRow {
  readonly index: number;
  readonly evaluation: Evaluation;
}

/**
 * A call cut into what one run can take each: both halves of guidance are one
 * part, unless they differ in shape or the network runs its rows alone.
 *
 * @param nowMs on the clock of the queue.
 * @param nextId gives numbers that no other part has.
 */
export function callParts(call: PendingCall, nowMs: number, nextId: () => number): readonly CallPart[] {
  const { evaluations } = call;
  const parts: CallPart[] = [];
  for (const [index, evaluation] of evaluations.entries()) {
    const row = { index, evaluation };
    const before = parts.at(-1);
    if (before?.bucket === evaluation.bucket && before.rows.length < before.rowLimit) {
      parts[parts.length - 1] = withRow(before, row);
    } else {
      parts.push({ id: nextId(), ...queuedFields(call.order, nowMs), ...partOf(call, row) });
    }
  }
  return parts;
}

function partOf(call: PendingCall, row: CallRow) {
  const { network, bucket, latent } = row.evaluation;
  return { call, bucket, rowLimit: network.rowLimit(latent.shape), rows: [row], evaluations: 1 };
}

function withRow(part: CallPart, row: CallRow): CallPart {
  const rows = [...part.rows, row];
  return { ...part, rows, evaluations: rows.length };
}

/** Of a caller that tells no order: last in its class, under a name that no tenant has. */
const NO_ORDER: CallOrder__Output = {
  tenant: '',
  priority: 0,
  timeLeftMs: '0',
  remainingEvaluations: '0',
  virtualStart: 0,
  generationId: '',
  weight: 0,
  waitedMs: '0',
  alone: false,
  traceparent: '',
  caller: '',
};

function queuedFields(order: CallOrder__Output | null, nowMs: number) {
  const { tenant, priority, timeLeftMs, remainingEvaluations, virtualStart, weight, waitedMs } = order ?? NO_ORDER;
  const leftMs = Number(timeLeftMs);
  return {
    tenant,
    priority,
    arrivedAtMs: nowMs - Number(waitedMs),
    remainingEvaluations: Number(remainingEvaluations),
    virtualStart,
    weight,
    ...(leftMs > 0 && { deadlineMs: nowMs + leftMs }),
  };
}
