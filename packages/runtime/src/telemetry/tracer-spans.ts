import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { TesseraError } from '@tessera/core';
import type { SpanStart, Spans, TraceSpan } from './trace-span.js';
import { formatTraceparent, parseTraceparent } from './traceparent.js';

/** Spans on a tracer of OpenTelemetry. Contexts are handed on by hand, so no async hook slows the process down. */
export function tracerSpans(tracer: Tracer, caller: string): Spans {
  const wrapped = (span: Span, context: Context): TraceSpan => {
    const own = trace.setSpan(context, span);
    const spanContext = span.spanContext();
    return {
      traceId: spanContext.traceId,
      call: { traceparent: formatTraceparent(spanContext), caller },
      begin: (name, attributes = {}) => wrapped(tracer.startSpan(name, { attributes: told(attributes) }, own), own),
      event: (name, attributes = {}, atMs) => void span.addEvent(name, told(attributes), atMs),
      set: (attributes) => void span.setAttributes(told(attributes)),
      end(thrown, atMs) {
        if (!span.isRecording()) return;
        if (thrown !== undefined) {
          // A message may quote what a user wrote.
          const { code, reason } = TesseraError.from(thrown);
          span.setAttributes(told({ 'error.type': code, 'tessera.reason': reason }));
          if (code !== 'cancelled') span.setStatus({ code: SpanStatusCode.ERROR });
        }
        span.end(atMs);
      },
    };
  };
  return {
    begin(name, { parent, links = [], attributes = {}, serves = false, startedAtMs }: SpanStart = {}) {
      const remote = parseTraceparent(parent);
      const context = remote === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote);
      const options = {
        kind: serves ? SpanKind.SERVER : SpanKind.INTERNAL,
        attributes: told(attributes),
        links: links.flatMap((link) => linkTo(link)),
        ...(startedAtMs !== undefined && { startTime: startedAtMs }),
      };
      return wrapped(tracer.startSpan(name, options, context), context);
    },
  };
}

function linkTo(traceparent: string | undefined) {
  const context = parseTraceparent(traceparent);
  return context === undefined ? [] : [{ context }];
}

function told(attributes: Readonly<Record<string, string | number | boolean | undefined>>): Attributes {
  return attributes as Attributes;
}
