import type { Recorder } from '@tessera/runtime';
import type { OnRan } from './run-record.js';

/** The figures of every run. */
export function recordRuns(metrics: Recorder): OnRan {
  return ({ runMs, evaluations, wasted }) => {
    let rows = 0;
    for (const count of evaluations.values()) rows += count;
    metrics.time('tessera_run_seconds', runMs, {});
    metrics.record('tessera_batch_evaluations', rows, {});
    if (wasted > 0) metrics.count('tessera_evaluations_wasted_total', {}, wasted);
  };
}
