import { ERROR_CODES } from '@tessera/core';
import {
  counter,
  histogram,
  type LabelsOf,
  type MetricDefinition,
  observedCounter,
  observedGauge,
  type ProcessKind,
} from './metric-definition.js';

const GATEWAY = ['gateway'] as const satisfies readonly ProcessKind[];
const DENOISER = ['denoiser'] as const satisfies readonly ProcessKind[];
const STAGES = ['text-encoder', 'denoiser', 'decoder'] as const satisfies readonly ProcessKind[];
const WORKERS = [...STAGES, 'denoiser-part'] as const satisfies readonly ProcessKind[];
const ALL = [...GATEWAY, ...WORKERS];

/** Steps, runs and waits of single calls: milliseconds to seconds. */
const SHORT_S = [0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10];
/** What a person waits for: tens of milliseconds to minutes. */
const LONG_S = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 7.5, 10, 15, 30, 60, 120, 300, 600];
/** From one message to a stream that is watched for minutes. */
const CALL_S = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 600];
/** Decisions without I/O. */
const INSTANT_S = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5];
/** Of a share of the truth; 0.2 is a fifth too much or too little. */
const ERROR_SHARES = [0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5];
/** 1 is no seam; from 1.15 on they are likely to show. */
const SEAM_RATIOS = [0.7, 0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.15, 1.25, 1.5, 2, 3];
const BATCHES = [1, 2, 4, 8, 16, 32];

/**
 * Every metric there is, by the name under which Prometheus finds it. Labels
 * never hold what a user wrote, nor who the user is.
 */
export const METRICS = {
  tessera_generations_total: counter(GATEWAY, 'Generations that ended here, or were left to another gateway', {
    outcome: ['completed', 'failed', 'cancelled', 'handed_over'],
  }),
  tessera_generation_seconds: histogram(GATEWAY, 'From acceptance to completion', {}, LONG_S),
  tessera_first_preview_seconds: histogram(GATEWAY, 'From acceptance to the first preview', {}, LONG_S),
  tessera_preview_gap_seconds: histogram(GATEWAY, 'Between two previews of one image', {}, SHORT_S),
  tessera_step_seconds: histogram(GATEWAY, 'Between two steps of one image', {}, SHORT_S),
  tessera_queue_wait_seconds: histogram(GATEWAY, 'From acceptance until a generation may use the workers', {}, LONG_S),
  tessera_call_wait_seconds: histogram(GATEWAY, 'Until a denoiser call may go to a denoiser', {}, SHORT_S),
  tessera_estimate_error_ratio: histogram(
    GATEWAY,
    '|told − real| / real of the time that was told: until the start (waits of a second and more), and from half way to the end',
    { until: ['start', 'end'] },
    ERROR_SHARES,
  ),
  tessera_work_seconds: observedGauge(
    GATEWAY,
    'Work for one worker of a stage, as the time it takes: running, waiting, and refused in the last minute; by priority of the request',
    { stage: STAGES, class: undefined, state: ['running', 'waiting', 'refused'] },
  ),
  tessera_generations_waiting: observedGauge(GATEWAY, 'Generations that wait here', {}),
  tessera_generations_running: observedGauge(GATEWAY, 'Generations that run here', {}),
  tessera_refusals_total: counter(GATEWAY, 'Requests to generate that were not accepted', { code: ERROR_CODES }),
  tessera_refusal_seconds: histogram(GATEWAY, 'Until a request was refused for want of room or time', {}, INSTANT_S),
  tessera_cancels_total: counter(GATEWAY, 'Generations that were stopped', { why: ['asked', 'left', 'time_limit'] }),
  tessera_steps_after_cancel_total: counter(GATEWAY, 'Steps of generations that were already stopped', {}),
  tessera_previews_total: counter(GATEWAY, 'Previews that were made', {}),
  tessera_previews_dropped_total: counter(
    GATEWAY,
    'Previews that a newer one replaced: before they were made, or on the stream of a slow viewer',
    { where: ['making', 'stream'] },
  ),
  tessera_checkpoints_total: counter(GATEWAY, 'Checkpoints', { outcome: ['kept', 'failed'] }),
  tessera_checkpoint_seconds: histogram(GATEWAY, 'Until a checkpoint was stored and named by the log', {}, SHORT_S),
  tessera_resumes_total: counter(GATEWAY, 'Generations taken up where another gateway stopped', {
    from: ['queue', 'checkpoint', 'start'],
  }),
  tessera_seam_ratio: histogram(
    GATEWAY,
    'Brightness steps across the edges of windows and bands of an image, against those inside; 1 is no difference',
    {},
    SEAM_RATIOS,
  ),
  tessera_cache_lookups_total: counter(GATEWAY, 'Prompts looked for among those encoded before', {
    cache: ['conditioning'],
    outcome: ['hit', 'miss'],
  }),
  tessera_worker_calls_failed_total: counter(GATEWAY, 'Calls that a worker failed, and that went to another', {
    stage: STAGES,
  }),
  tessera_workers: observedGauge(GATEWAY, 'Workers as this gateway sees them', {
    stage: [...WORKERS, 'unknown'],
    state: ['connecting', 'starting', 'ready', 'draining', 'lost', 'hung'],
  }),
  tessera_gateways: observedGauge(GATEWAY, 'Gateways that share the Bus, as this one sees them', {}),
  tessera_bus_connected_seconds_total: observedCounter(GATEWAY, 'Time in touch with the Bus', {}),
  tessera_held: observedGauge(GATEWAY, 'What was taken and not given back, by kind of the ledger', { kind: undefined }),

  tessera_run_seconds: histogram(DENOISER, 'One run of the network', {}, SHORT_S),
  tessera_batch_evaluations: histogram(DENOISER, 'Evaluations in one run', {}, BATCHES),
  tessera_evaluations_wasted_total: counter(
    DENOISER,
    'Evaluations that ran for calls that were cancelled meanwhile',
    {},
  ),
  tessera_evaluations_started_total: observedCounter(WORKERS, 'Evaluations that began', {}),
  tessera_evaluations_completed_total: observedCounter(WORKERS, 'Evaluations that ended', {}),
  tessera_evaluations_waiting: observedGauge(WORKERS, 'Evaluations that wait at this worker', {}),
  tessera_evaluations_running: observedGauge(WORKERS, 'Evaluations in the run in progress', {}),
  tessera_device_busy_ratio: observedGauge(WORKERS, 'Share of the last second in which the device worked', {
    device: undefined,
  }),
  tessera_worker_state: observedGauge(WORKERS, '1 for the state in which this worker is, 0 for the others', {
    state: ['starting', 'ready', 'hung', 'draining'],
  }),

  tessera_rpc_seconds: histogram(
    ALL,
    'Calls served, from their metadata to their end; streams last as long as they are watched',
    { method: undefined, code: undefined },
    CALL_S,
  ),
  tessera_event_loop_lag_seconds: observedGauge(ALL, '99th percentile of how late the event loop is, lately', {}),
  process_cpu_seconds_total: observedCounter(ALL, 'CPU time of the process, all threads', {}),
  process_resident_memory_bytes: observedGauge(ALL, 'Memory of the process', {}),
  process_start_time_seconds: observedGauge(ALL, 'When the process began, Unix time', {}),
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof METRICS;

type NamesOf<Kind> = {
  readonly [Name in MetricName]: (typeof METRICS)[Name]['kind'] extends Kind ? Name : never;
}[MetricName];

export type CounterName = NamesOf<'counter'>;
export type HistogramName = NamesOf<'histogram'>;
export type ObservedName = NamesOf<'observed-counter' | 'observed-gauge'>;
export type MetricLabels<Name extends MetricName> = LabelsOf<(typeof METRICS)[Name]['labels']>;

/** Those of a kind of process, with their names. */
export function metricsOf(kind: ProcessKind): readonly (readonly [MetricName, MetricDefinition])[] {
  return Object.entries<MetricDefinition>(METRICS)
    .filter(([, definition]) => definition.in.includes(kind))
    .map(([name, definition]) => [name as MetricName, definition]);
}
