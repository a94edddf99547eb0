import type { CallTrace, Logger } from '@tessera/runtime';
import type { CallPart } from './call-part.js';
import type { NetworkRun } from './evaluation.js';

/** One run of the network: when, and for whom. */
export interface RunRecord {
  /** On the machine's monotonic clock, as `process.hrtime`. */
  readonly startedAtMs: number;
  readonly runMs: number;
  /** Evaluations by generation. */
  readonly evaluations: ReadonlyMap<string, number>;
  /** Of them, for calls that were given up meanwhile. */
  readonly wasted: number;
  /** What its calls belong to, each once. */
  readonly traces: readonly CallTrace[];
}

export type OnRan = (run: RunRecord) => void;

export function runRecord(parts: readonly CallPart[], { startedAtMs, runMs }: NetworkRun): RunRecord {
  const evaluations = new Map<string, number>();
  const traces = new Map<string, CallTrace>();
  let wasted = 0;
  for (const { call, rows } of parts) {
    const generationId = call.order?.generationId ?? '';
    evaluations.set(generationId, (evaluations.get(generationId) ?? 0) + rows.length);
    if (call.settled) wasted += rows.length;
    const { traceparent = '', caller = '' } = call.order ?? {};
    if (traceparent !== '') traces.set(traceparent, { traceparent, caller });
  }
  return { startedAtMs, runMs, evaluations, wasted, traces: [...traces.values()] };
}

/** A line for every run, at level debug: what a generation's cancel is held against, and where its time went. */
export function logRuns(log: Logger): OnRan {
  return ({ startedAtMs, runMs, evaluations }) => {
    if (log.level !== 'debug') return;
    log.debug('ran the network', {
      started_at_ns: String(Math.round(startedAtMs * 1e6)),
      run_ms: runMs,
      generations: [...evaluations].map(([generationId, count]) => `${generationId}:${count}`).join(' '),
    });
  };
}
