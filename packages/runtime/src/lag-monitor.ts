import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface LagMonitor {
  /** 99th percentile of the event loop's delay over the last few seconds, milliseconds. */
  p99Ms(): number;
  close(): void;
}

/** Every sample wakes the process, also one that has nothing to do. */
const SAMPLE_EVERY_MS = 25;
const WINDOW_MS = 5_000;

/** Samples how late the event loop runs its timers, in windows of five seconds. */
export function createLagMonitor(windowMs: number = WINDOW_MS): LagMonitor {
  const histogram = monitorEventLoopDelay({ resolution: SAMPLE_EVERY_MS });
  let lastWindowMs = 0;
  // The histogram counts the whole time between two samples.
  const currentMs = () => (histogram.count === 0 ? 0 : Math.max(0, histogram.percentile(99) / 1e6 - SAMPLE_EVERY_MS));
  histogram.enable();
  const rotation = setInterval(() => {
    lastWindowMs = currentMs();
    histogram.reset();
  }, windowMs);
  rotation.unref();
  return {
    p99Ms: () => Math.max(lastWindowMs, currentMs()),
    close() {
      clearInterval(rotation);
      histogram.disable();
    },
  };
}
