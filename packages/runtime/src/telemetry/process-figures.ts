import type { LagMonitor } from '../lag-monitor.js';
import type { Recorder } from './recorder.js';

const MICROS = 1e6;
const MS = 1e3;

/** What every process tells of itself. */
export function observeProcess(metrics: Recorder, lag: LagMonitor): void {
  const only = (value: number) => [{ value, labels: {} }];
  const startedS = (Date.now() - process.uptime() * MS) / MS;
  metrics.observe('tessera_event_loop_lag_seconds', () => only(lag.p99Ms() / MS));
  metrics.observe('process_cpu_seconds_total', () => {
    const { user, system } = process.cpuUsage();
    return only((user + system) / MICROS);
  });
  metrics.observe('process_resident_memory_bytes', () => only(process.memoryUsage.rss()));
  metrics.observe('process_start_time_seconds', () => only(startedS));
}
