import type { LagMonitor } from '../lag-monitor.js';
import { METRICS } from '../telemetry/metrics.js';
import { observeProcess } from '../telemetry/process-figures.js';
import type { Recorder } from '../telemetry/recorder.js';
import type { WorkerLife } from './worker-life.js';
import type { ProgramLoad, WorkerProgram } from './worker-program.js';

export interface FiguresOfWorker {
  readonly lag: LagMonitor;
  readonly life: WorkerLife;
  /** `undefined` while it starts. */
  program(): WorkerProgram | undefined;
}

/** What a worker of any stage tells when its metrics are read. */
export function observeWorker(metrics: Recorder, { lag, life, program }: FiguresOfWorker): void {
  const loaded = (figure: (load: ProgramLoad) => number) => () => {
    const load = program()?.load();
    return [{ value: load === undefined ? 0 : figure(load), labels: {} }];
  };
  observeProcess(metrics, lag);
  metrics.observe(
    'tessera_evaluations_started_total',
    loaded(({ evaluationsStarted }) => evaluationsStarted),
  );
  metrics.observe(
    'tessera_evaluations_completed_total',
    loaded(({ evaluationsCompleted }) => evaluationsCompleted),
  );
  metrics.observe(
    'tessera_evaluations_waiting',
    loaded(({ waiting }) => waiting),
  );
  metrics.observe(
    'tessera_evaluations_running',
    loaded(({ running }) => running),
  );
  metrics.observe('tessera_device_busy_ratio', () => {
    const loadedProgram = program();
    if (loadedProgram === undefined) return [];
    return [{ value: loadedProgram.load().busy, labels: { device: loadedProgram.device } }];
  });
  metrics.observe('tessera_worker_state', () =>
    METRICS.tessera_worker_state.labels.state.map((state) => ({
      value: Number(state === life.state),
      labels: { state },
    })),
  );
}
