import { Counter, Gauge, Rate, Trend } from 'k6/metrics';

/** From the request to the first preview. One that never came counts with the time that was waited for it. */
export const timeToFirstPreview = new Trend('tessera_time_to_first_preview', true);
/** Between two previews of a stream. */
export const previewGap = new Trend('tessera_preview_gap', true);
/** From the request to the end of its stream; also of one that was given up. */
export const total = new Trend('tessera_total', true);
/** From a cancel, by whatever means, until the cluster holds nothing of what was cancelled. */
export const cancelToIdle = new Trend('tessera_cancel_to_idle', true);
/** From a request that cannot be served to the answer that says so. */
export const refusalLatency = new Trend('tessera_refusal_latency', true);
/** From asking to watch again to the first event that is new. */
export const resumeGap = new Trend('tessera_resume_gap', true);
/** Of what a tenant is due, the share that it got: 1 is all of it. */
export const fairness = new Trend('tessera_fairness');

/** Whether a generation that should have ended well did not. */
export const failed = new Rate('tessera_failed');
export const completed = new Counter('tessera_completed');
export const refused = new Counter('tessera_refused');
/** Accepted, and out of its time limit before it ended. */
export const late = new Counter('tessera_late');
export const stopped = new Counter('tessera_stopped');
export const previews = new Counter('tessera_previews');

/** Of the evaluations in flight when they were cancelled, the share that ran nevertheless. */
export const ranAfterCancel = new Trend('tessera_ran_after_cancel');
/** What the gateways' memory grew by, MiB. */
export const gatewayGrowth = new Trend('tessera_gateway_growth_mib');
/** Streams of viewers that do not read, at the end. */
export const stalledStreams = new Gauge('tessera_stalled_streams');
