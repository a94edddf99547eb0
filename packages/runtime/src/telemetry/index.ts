export { callInterceptor } from './call-interceptor.js';
export { traceMetadata, traceOfMetadata } from './call-trace.js';
export type { MetricDefinition, ProcessKind } from './metric-definition.js';
export {
  type CounterName,
  type HistogramName,
  METRICS,
  type MetricLabels,
  type MetricName,
  metricsOf,
  type ObservedName,
} from './metrics.js';
export { observeProcess } from './process-figures.js';
export { NO_RECORDER, type Observation, type Recorder } from './recorder.js';
export { type RunningTelemetry, startTelemetry, type TelemetryStart } from './start-telemetry.js';
export { NO_TELEMETRY, type Telemetry } from './telemetry.js';
export {
  type CallTrace,
  NO_SPAN,
  NO_SPANS,
  SPAN_NAMES,
  type SpanAttributes,
  type SpanName,
  type SpanStart,
  type Spans,
  type TraceSpan,
  within,
} from './trace-span.js';
export { parseTraceparent } from './traceparent.js';
