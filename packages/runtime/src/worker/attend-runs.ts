import { TesseraError } from '@tessera/core';
import { type RunProgress, RunWatch, type RunWatchLimits } from './run-watch.js';
import type { WorkerProgram } from './worker-program.js';

export interface AttendedRuns {
  /** Resolves when a run will never end. */
  readonly stuck: Promise<Error>;
  stop(): void;
}

/** Watches the runs of a program and tells every change between working, lacking a part, and hung. */
export function attendRuns(
  program: WorkerProgram,
  limits: RunWatchLimits,
  onChange: (progress: Exclude<RunProgress, 'stuck'>) => void,
): AttendedRuns {
  const watch = new RunWatch(limits);
  let told: RunProgress = 'working';
  let timer: NodeJS.Timeout | undefined;
  const stuck = new Promise<Error>((resolve) => {
    timer = setInterval(() => {
      const progress = watch.check(program.load(), performance.now());
      if (progress === told) return;
      told = progress;
      if (progress === 'stuck') resolve(new TesseraError('internal', 'a run does not end'));
      else onChange(progress);
    }, limits.checkEveryMs);
  });
  return { stuck, stop: () => clearInterval(timer) };
}
