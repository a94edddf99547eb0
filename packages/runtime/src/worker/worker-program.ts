import type { ModelCard } from '@tessera/core';

/** What a worker is once its networks are loaded: everything about it that does not depend on its stage. */
export interface WorkerProgram {
  readonly models: readonly ModelCard[];
  /** cpu, cuda:0, webgpu: the one that was taken. */
  readonly device: string;
  readonly numericClass: string;
  readonly threads: number;
  /** Measured at start, by ascending batch size: milliseconds of one run of that many evaluations. */
  readonly evaluationCosts: readonly { readonly batchSize: number; readonly runMs: number }[];
  /** Runs that are under way at once when there is enough to do; 1 when not given. */
  readonly runsAtOnce?: number;
  /** Resolves when the program can no longer work; the process then ends. */
  readonly failed: Promise<Error>;
  load(): ProgramLoad;
  /** Begins nothing any more and refuses what waits; what runs comes to its end. */
  drain?(): void;
  close(): Promise<void>;
}

export interface ProgramLoad {
  /** Evaluations. */
  readonly waiting: number;
  readonly running: number;
  /** Share of the last second in which the device worked, 0–1. */
  readonly busy: number;
  /** What the run in progress should take, by its size; `undefined` when nothing runs or nothing is known of it. */
  readonly forecastMs: number | undefined;
  /** Evaluations since the process began, without those of the warm-up. */
  readonly evaluationsStarted: number;
  readonly evaluationsCompleted: number;
  /** Whether a worker is away that has a part of what this one runs: nothing comes to its end until it is back. */
  readonly lacksParts?: boolean;
}
