import type { Attributes, Counter, Histogram, Meter } from '@opentelemetry/api';
import type { LabelSets, MetricDefinition, ProcessKind } from './metric-definition.js';
import { type MetricName, metricsOf } from './metrics.js';
import type { Recorder } from './recorder.js';

const MS_OF_SECOND = 1000;

/** A recorder on a meter of OpenTelemetry, with the metrics of one kind of process. */
export function meterRecorder(meter: Meter, kind: ProcessKind): Recorder {
  const counters = new Map<MetricName, Counter>();
  const histograms = new Map<MetricName, Histogram>();
  const definitions = new Map<MetricName, MetricDefinition>(metricsOf(kind));
  for (const [name, definition] of definitions) {
    if (definition.kind === 'counter') counters.set(name, createCounter(meter, name, definition));
    if (definition.kind === 'histogram') histograms.set(name, createHistogram(meter, name, definition));
  }
  return {
    count: (name, labels, amount = 1) => counters.get(name)?.add(amount, labels),
    time: (name, ms, labels) => histograms.get(name)?.record(ms / MS_OF_SECOND, labels),
    record: (name, value, labels) => histograms.get(name)?.record(value, labels),
    observe(name, read) {
      const definition = definitions.get(name);
      if (definition !== undefined) observe(meter, name, definition, read);
    },
  };
}

/** At 0 with all its labels: a rate can only be taken of what was there before. */
function createCounter(meter: Meter, name: MetricName, { description, labels }: MetricDefinition): Counter {
  const counter = meter.createCounter(name, { description });
  for (const combination of combinationsOf(labels)) counter.add(0, combination);
  return counter;
}

function createHistogram(meter: Meter, name: MetricName, { description, buckets = [] }: MetricDefinition): Histogram {
  return meter.createHistogram(name, { description, advice: { explicitBucketBoundaries: [...buckets] } });
}

function observe(
  meter: Meter,
  name: MetricName,
  { kind, description }: MetricDefinition,
  read: () => Iterable<{ readonly value: number; readonly labels: Attributes }>,
): void {
  const instrument =
    kind === 'observed-counter'
      ? meter.createObservableCounter(name, { description })
      : meter.createObservableGauge(name, { description });
  instrument.addCallback((result) => {
    for (const { value, labels } of read()) result.observe(value, labels);
  });
}

/** None where a label has values that are not known beforehand. */
function combinationsOf(labels: LabelSets): readonly Attributes[] {
  return Object.entries(labels).reduce<readonly Attributes[]>(
    (combinations, [name, values = []]) =>
      combinations.flatMap((combination) => values.map((value) => ({ ...combination, [name]: value }))),
    [{}],
  );
}
