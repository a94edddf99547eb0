import type { CallTrace, Spans, TraceSpan } from '@tessera/runtime';
import type { RunRecord } from './run-record.js';

interface OpenSpan {
  readonly span: TraceSpan;
  endedAtMs: number;
}

/** No call for so long: its generation has gone on to something else, or elsewhere. */
const IDLE_MS = 1_000;

/**
 * What this worker did for each image, as one span of the image's trace with
 * an event for every run: a span for every run would cost more than it tells.
 * Nobody says which call of an image is the last one here, so a span ends, as
 * of its last run, when no further one has come for a while.
 */
export class RunSpans {
  readonly #spans: Spans;
  readonly #open = new Map<string, OpenSpan>();
  #sweep: NodeJS.Timeout | undefined;

  constructor(spans: Spans) {
    this.#spans = spans;
  }

  ran({ startedAtMs, runMs, evaluations, traces }: RunRecord): void {
    if (traces.length === 0) return;
    const atMs = unixMs(startedAtMs);
    const endedAtMs = atMs + runMs;
    let rows = 0;
    for (const count of evaluations.values()) rows += count;
    for (const trace of traces) {
      const open = this.#open.get(trace.traceparent) ?? this.#begin(trace, atMs);
      open.endedAtMs = endedAtMs;
      open.span.event('run', { 'tessera.batch': rows, 'tessera.run_ms': runMs }, atMs);
    }
    this.#sweep ??= setInterval(() => this.#endIdle(Date.now() - IDLE_MS), IDLE_MS / 2).unref();
  }

  /** Ends them all. */
  close(): void {
    this.#endIdle(Number.POSITIVE_INFINITY);
  }

  #begin({ traceparent, caller }: CallTrace, startedAtMs: number): OpenSpan {
    const attributes = { 'tessera.caller': caller };
    const span = this.#spans.begin('denoise', { parent: traceparent, serves: true, startedAtMs, attributes });
    const open = { span, endedAtMs: startedAtMs };
    this.#open.set(traceparent, open);
    return open;
  }

  #endIdle(beforeMs: number): void {
    for (const [traceparent, { span, endedAtMs }] of this.#open) {
      if (endedAtMs > beforeMs) continue;
      span.end(undefined, endedAtMs);
      this.#open.delete(traceparent);
    }
    if (this.#open.size > 0) return;
    clearInterval(this.#sweep);
    this.#sweep = undefined;
  }
}

/** @param monotonicMs on the clock of `process.hrtime`. */
function unixMs(monotonicMs: number): number {
  return Date.now() - (Number(process.hrtime.bigint()) / 1e6 - monotonicMs);
}
