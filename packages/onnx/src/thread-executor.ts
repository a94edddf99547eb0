import type { Worker } from 'node:worker_threads';
import { TesseraError } from '@tessera/core';
import { type HeldBandsOfImage, type HoldBandsSetup, holdBands } from './bands/hold-bands.js';
import { BusyMeter } from './busy-meter.js';
import { checkFeeds } from './check-feeds.js';
import { type DeviceName, providerOf } from './device.js';
import type { Executor, LoadOptions, PendingRun, RunOptions, RunResult } from './executor.js';
import {
  type ExecutorCommand,
  type ExecutorReport,
  type LoadedNetwork,
  SHARED_COUNTER,
  type SkippedDevice,
} from './executor-messages.js';
import { ownedFeeds } from './owned-feeds.js';
import { closeGate, createRunGate, deferred, dropOnAbort } from './run-gate.js';
import type { TypedTensor } from './typed-tensor.js';

interface Pending {
  resolve(report: ExecutorReport): void;
  reject(reason: unknown): void;
}

/** The caller's side of an executor whose thread has opened its device. */
export class ThreadExecutor implements Executor {
  readonly device: DeviceName;
  readonly provider: string;
  readonly skippedDevices: readonly SkippedDevice[];
  readonly runtimeVersion: string;
  readonly threads: number;
  readonly failed: Promise<Error>;
  readonly #thread: Worker;
  readonly #counters: BigInt64Array;
  readonly #busy = new BusyMeter();
  readonly #pending = new Map<number, Pending>();
  readonly #reportFailure: (error: Error) => void;
  #ended: Error | undefined;
  #lastId = 0;
  #runs = 0;
  #evaluationsCompleted = 0;

  constructor(
    thread: Worker,
    opened: Extract<ExecutorReport, { type: 'opened' }>,
    threads: number,
    counters: BigInt64Array,
  ) {
    this.device = opened.device;
    this.provider = providerOf(opened.device);
    this.skippedDevices = opened.skipped;
    this.runtimeVersion = opened.runtimeVersion;
    this.threads = threads;
    this.#counters = counters;
    this.#thread = thread;
    const { promise, resolve } = deferred<Error>();
    this.failed = promise;
    this.#reportFailure = resolve;
    thread.on('message', (report: ExecutorReport) => this.#accept(report));
    thread.on('messageerror', (error) => this.#fail(error));
    thread.on('error', (error) => this.#fail(error));
    thread.on('exit', (code) => this.#fail(new Error(`the executor's thread ended with code ${code}`)));
  }

  async load(source: string | Uint8Array, { arena = true }: LoadOptions = {}): Promise<LoadedNetwork> {
    const report = await this.#ask((id) => ({ type: 'load', id, source, arena }), []);
    if (report.type === 'loaded') return report.network;
    const what = typeof source === 'string' ? source : 'the graph';
    const reason = report.type === 'unloadable' ? report.reason : report.type;
    throw new TesseraError('failed_precondition', `ONNX Runtime refuses ${what}: ${reason}`, {
      reason: 'MODEL_UNUSABLE',
    });
  }

  async run(
    network: LoadedNetwork,
    feeds: Readonly<Record<string, TypedTensor>>,
    { signal, ...options }: RunOptions = {},
  ): Promise<RunResult> {
    signal?.throwIfAborted();
    return dropOnAbort(this.begin(network, feeds, options), signal);
  }

  begin(
    network: LoadedNetwork,
    feeds: Readonly<Record<string, TypedTensor>>,
    {
      outputs = network.outputs.map(({ name }) => name),
      evaluations = 0,
      mayFail = false,
    }: Omit<RunOptions, 'signal'> = {},
  ): PendingRun {
    checkFeeds(network, feeds);
    const gate = createRunGate();
    const owned = ownedFeeds(feeds);
    const command = (id: number): ExecutorCommand => ({
      type: 'run',
      id,
      network: network.id,
      feeds: owned.feeds,
      outputs,
      evaluations,
      gate,
      mayFail,
    });
    let pending = true;
    const ended = () => {
      if (pending) this.#runs--;
      pending = false;
    };
    this.#runs++;
    const result = this.#ask(command, owned.memory).then((report) => {
      if (report.type === 'failed') throw new TesseraError('resource_exhausted', `the run failed: ${report.reason}`);
      if (report.type !== 'ran') throw new TesseraError('cancelled', 'the run was dropped before it started');
      this.#evaluationsCompleted += evaluations;
      const { outputs: values, startedAtMs, endedAtMs } = report;
      return { outputs: values, startedAtMs, runMs: endedAtMs - startedAtMs };
    });
    result.then(ended, ended);
    return {
      result,
      drop() {
        const dropped = closeGate(gate);
        if (dropped) ended();
        return dropped;
      },
    };
  }

  holdBands(setup: HoldBandsSetup): Promise<HeldBandsOfImage> {
    return holdBands(setup, async (command, memory) => {
      this.#runs++;
      try {
        const report = await this.#ask(command, memory);
        if (report.type === 'banded') this.#evaluationsCompleted++;
        return report;
      } finally {
        this.#runs--;
      }
    });
  }

  pendingRuns(): number {
    return this.#runs;
  }

  evaluationsStarted(): number {
    return Number(Atomics.load(this.#counters, SHARED_COUNTER.evaluationsStarted));
  }

  evaluationsCompleted(): number {
    return this.#evaluationsCompleted;
  }

  busyShare(): number {
    const runningSinceNs = Atomics.load(this.#counters, SHARED_COUNTER.runningSinceNs);
    const nowMs = Number(process.hrtime.bigint()) / 1e6;
    return this.#busy.share(nowMs, runningSinceNs === 0n ? undefined : Number(runningSinceNs) / 1e6);
  }

  async close(): Promise<void> {
    this.#end(new TesseraError('unavailable', 'the executor is closed'));
    await this.#thread.terminate();
  }

  #ask(command: (id: number) => ExecutorCommand, memory: ArrayBuffer[]): Promise<ExecutorReport> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = ++this.#lastId;
    const { promise, resolve, reject } = deferred<ExecutorReport>();
    this.#pending.set(id, { resolve, reject });
    this.#thread.postMessage(command(id), memory);
    return promise;
  }

  #accept(report: ExecutorReport): void {
    if (report.type === 'broken') {
      this.#fail(new Error(report.reason));
      return;
    }
    if (!('id' in report)) return;
    if (report.type === 'ran' || report.type === 'banded') this.#busy.ran(report.startedAtMs, report.endedAtMs);
    this.#pending.get(report.id)?.resolve(report);
    this.#pending.delete(report.id);
  }

  #fail(cause: Error): void {
    if (this.#ended !== undefined) return;
    const error = new TesseraError('internal', `the executor failed: ${cause.message}`, { cause });
    this.#end(error);
    this.#reportFailure(error);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
