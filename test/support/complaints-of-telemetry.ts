import { METRICS, type MetricName } from '@tessera/runtime';
import { matchersIn, metricsIn, queriesOfChart } from './monitoring.js';
import type { Observed } from './observed-cluster.js';

const SUFFIXES = ['_bucket', '_sum', '_count'];

/** Queries of the chart that ask for what no process of the cluster has. */
export function missingSamples({ samples }: Observed): readonly string[] {
  const all = [...samples.values()].flat();
  const named = new Set(all.map(({ name }) => name));
  const labels = new Set(all.flatMap(({ name, labels: of }) => Object.keys(of).map((label) => `${name} ${label}`)));
  return queriesOfChart().flatMap((query) => [
    ...metricsIn(query)
      .filter((metric) => !named.has(metric))
      .map((metric) => `${query.asker}: no sample of ${metric}`),
    ...matchersIn(query)
      // Prometheus adds it.
      .filter(({ label, metric }) => label !== 'namespace' && !labels.has(`${metric} ${label}`))
      .map(({ metric, label }) => `${query.asker}: ${metric} has no label ${label}`),
    ...matchersIn(query)
      .filter(({ metric, label, value }) => {
        const known = (METRICS[familyOf(metric)]?.labels as Readonly<Record<string, readonly string[]>>)?.[label];
        return known !== undefined && !known.includes(value);
      })
      .map(({ metric, label, value }) => `${query.asker}: ${metric} never has ${label}="${value}"`),
  ]);
}

/** Metrics that some process should have and none has. */
export function silentMetrics({ samples }: Observed): readonly string[] {
  const families = new Set([...samples.values()].flat().map(({ name }) => familyOf(name)));
  return Object.keys(METRICS).filter((name) => !families.has(name as MetricName));
}

/** `tessera_step_seconds_bucket` → `tessera_step_seconds`. */
function familyOf(sample: string): MetricName {
  const suffix = SUFFIXES.find((end) => sample.endsWith(end) && sample.slice(0, -end.length) in METRICS);
  return (suffix === undefined ? sample : sample.slice(0, -suffix.length)) as MetricName;
}

/** Where some text that only prompts hold was told. */
export function placesThatTell({ told }: Observed, secret: string): readonly string[] {
  return told.filter(({ text }) => text.toLowerCase().includes(secret.toLowerCase())).map(({ where }) => where);
}
