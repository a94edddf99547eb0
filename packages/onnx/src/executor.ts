import { Worker } from 'node:worker_threads';
import { TesseraError } from '@tessera/core';
import type { HeldBandsOfImage, HoldBandsSetup } from './bands/hold-bands.js';
import type { DeviceChoice, DeviceName } from './device.js';
import {
  type ExecutorReport,
  type ExecutorThreadStart,
  type LoadedNetwork,
  SHARED_BYTES,
  type SkippedDevice,
} from './executor-messages.js';
import { deferred } from './run-gate.js';
import { turnTelemetryOff } from './telemetry-off.js';
import { ThreadExecutor } from './thread-executor.js';
import type { TypedTensor } from './typed-tensor.js';

export interface ExecutorOptions {
  readonly device: DeviceChoice;
  /** Threads for the operators of one run. */
  readonly threads: number;
}

export interface LoadOptions {
  /** Whether the session keeps the memory of its runs for the next; true unless said. */
  readonly arena?: boolean;
}

export interface RunOptions {
  /** All, unless named. */
  readonly outputs?: readonly string[];
  /** Dropping a run that has not started is certain; a started run ends by itself. */
  readonly signal?: AbortSignal;
  /** A failure inside the network is this run's alone, such as want of memory for a batch that is only tried. */
  readonly mayFail?: boolean;
  /** What the run adds to `evaluationsStarted`; 0 for warm-up. */
  readonly evaluations?: number;
}

export interface RunResult {
  readonly outputs: Readonly<Record<string, TypedTensor>>;
  /** On the machine's monotonic clock (`process.hrtime`), which all its processes share. */
  readonly startedAtMs: number;
  /** Time inside the network. */
  readonly runMs: number;
}

/** A run that was handed to the executor. */
export interface PendingRun {
  /** Rejects with `cancelled` when the run was dropped. */
  readonly result: Promise<RunResult>;
  /** @returns whether the run was stopped before it started; a started run ends by itself. */
  readonly drop: () => boolean;
}

/** The sessions of one device, in a thread of their own; runs happen one after the other, in the order of the calls. */
export interface Executor {
  /** The device that was taken. */
  readonly device: DeviceName;
  readonly provider: string;
  /** Devices that `auto` passed over, with the reason. */
  readonly skippedDevices: readonly SkippedDevice[];
  readonly runtimeVersion: string;
  readonly threads: number;
  /** Resolves when the executor can no longer be used, other than by `close`; every pending call is rejected then. */
  readonly failed: Promise<Error>;
  /**
   * @param source path of a model file, or its bytes.
   * @throws TesseraError failed_precondition when ONNX Runtime refuses the model.
   */
  load(source: string | Uint8Array, options?: LoadOptions): Promise<LoadedNetwork>;
  /**
   * Holds bands of one image in the executor's thread, to be run segment by segment.
   *
   * @throws TesseraError resource_exhausted, from here and from the bands, for want of memory; the executor goes on.
   */
  holdBands(setup: HoldBandsSetup): Promise<HeldBandsOfImage>;
  /**
   * @param feeds are given away: their memory moves to the executor's thread and is empty here afterwards.
   * @throws TesseraError invalid_argument when the feeds contradict the graph's declaration; cancelled (or the
   * signal's reason) when the run was dropped before it started; internal when the executor has failed;
   * resource_exhausted when the run failed that may.
   */
  run(network: LoadedNetwork, feeds: Readonly<Record<string, TypedTensor>>, options?: RunOptions): Promise<RunResult>;
  /**
   * The same, for a caller that must know at once whether it still dropped the run.
   *
   * @throws TesseraError invalid_argument when the feeds contradict the graph's declaration.
   */
  begin(
    network: LoadedNetwork,
    feeds: Readonly<Record<string, TypedTensor>>,
    options?: Omit<RunOptions, 'signal'>,
  ): PendingRun;
  /** Runs that were given to the executor and have not ended. */
  pendingRuns(): number;
  /** Sum of `evaluations` over the runs that have started, exact at any moment. */
  evaluationsStarted(): number;
  /** The same over the runs that have ended well. */
  evaluationsCompleted(): number;
  /** Share of the last second spent in runs, 0–1. */
  busyShare(): number;
  close(): Promise<void>;
}

/**
 * @throws TesseraError unavailable when the named device is not there; only `auto` tries one after the other.
 */
export async function startExecutor(options: ExecutorOptions): Promise<Executor> {
  turnTelemetryOff();
  const shared = new SharedArrayBuffer(SHARED_BYTES);
  const start: ExecutorThreadStart = { ...options, shared };
  const thread = new Worker(new URL('./executor-thread.js', import.meta.url), {
    workerData: start,
    name: 'tessera-executor',
  });
  const opened = await firstReport(thread);
  if (opened.type !== 'opened') {
    await thread.terminate();
    const skipped = opened.type === 'no-device' ? opened.skipped : [];
    const reasons = skipped.map(({ device, reason }) => `${device}: ${reason}`).join('; ');
    throw new TesseraError('unavailable', `device ${options.device} is not available (${reasons})`, {
      reason: 'DEVICE_MISSING',
    });
  }
  return new ThreadExecutor(thread, opened, options.threads, new BigInt64Array(shared));
}

function firstReport(thread: Worker): Promise<ExecutorReport> {
  const { promise, resolve, reject } = deferred<ExecutorReport>();
  const ended = (code: number) => reject(new TesseraError('internal', `the executor's thread ended with code ${code}`));
  thread.once('message', resolve);
  thread.once('error', reject);
  thread.once('exit', ended);
  return promise.finally(() => {
    thread.off('error', reject);
    thread.off('exit', ended);
  });
}
