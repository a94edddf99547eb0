import type { SpanContext } from '@opentelemetry/api';

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN_ID = '0'.repeat(16);
const SAMPLED = 1;

/** A span's context as W3C Trace Context writes it, version 00. */
export function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** `undefined` for anything else: what a caller sends is not to be relied on. */
export function parseTraceparent(text: string | undefined): SpanContext | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(text ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || traceId === NO_TRACE || spanId === NO_SPAN_ID) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags ?? '0', 16) & SAMPLED, isRemote: true };
}
