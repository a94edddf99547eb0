import { NO_RECORDER, type Recorder } from './recorder.js';
import { NO_SPANS, type Spans } from './trace-span.js';

/** What a process tells of its work. */
export interface Telemetry {
  readonly metrics: Recorder;
  readonly spans: Spans;
}

/** Nobody listens. */
export const NO_TELEMETRY: Telemetry = { metrics: NO_RECORDER, spans: NO_SPANS };
