import type { CounterName, HistogramName, MetricLabels, ObservedName } from './metrics.js';

export interface Observation<Name extends ObservedName> {
  readonly value: number;
  readonly labels: MetricLabels<Name>;
}

/** Where figures are told. What nobody reads costs nothing. */
export interface Recorder {
  count<Name extends CounterName>(name: Name, labels: MetricLabels<Name>, amount?: number): void;
  /** A duration, for a histogram of seconds. */
  time<Name extends HistogramName>(name: Name, ms: number, labels: MetricLabels<Name>): void;
  /** Anything else, in the unit of its histogram. */
  record<Name extends HistogramName>(name: Name, value: number, labels: MetricLabels<Name>): void;
  /** @param read is asked each time that somebody reads the metrics. */
  observe<Name extends ObservedName>(name: Name, read: () => Iterable<Observation<Name>>): void;
}

const ignore = () => {};

export const NO_RECORDER: Recorder = { count: ignore, time: ignore, record: ignore, observe: ignore };
