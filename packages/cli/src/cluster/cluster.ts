import { randomBytes } from 'node:crypto';
import type { TesseraError } from '@tessera/core';
import type { Environment } from '@tessera/runtime';
import type { LogLine } from './process-output.js';
import { type ClusterSettings, gatewaySpec, type WorkerAddresses, workerSpecs } from './process-specs.js';
import { SupervisedProcess } from './supervised-process.js';

/** A whole cluster of processes on this machine. */
export interface LocalCluster {
  /** host:port of the gateway. */
  readonly address: string;
  /** With which this process may ask how the cluster is, where keys are asked for. */
  readonly supervisorKey: string;
  /** Aborted with the TesseraError when a process of it is given up. */
  readonly failed: AbortSignal;
  /** Ends the gateway, then the workers; resolves when no process is left. */
  stop(): Promise<void>;
}

export interface ClusterStart {
  readonly settings: ClusterSettings;
  readonly environment: Environment;
  readonly signal: AbortSignal;
  readonly onLog: (line: LogLine) => void;
}

/** Beyond the processes' own grace: they end by themselves in nearly all cases. */
const KILL_AFTER_GRACE_MS = 3_000;

/**
 * Starts all workers at once and the gateway as soon as they listen, while they
 * still load their models; resolves when the gateway is ready.
 *
 * @throws TesseraError of the first process that is given up; the signal's reason when it is aborted. No process is
 * left then.
 */
export async function startLocalCluster({ settings, environment, signal, onLog }: ClusterStart): Promise<LocalCluster> {
  signal.throwIfAborted();
  const workers = workerSpecs(settings, environment).map((spec) => new SupervisedProcess(spec, onLog));
  const processes = [...workers];
  const failure = new AbortController();
  const watchOver = (supervised: SupervisedProcess) =>
    void supervised.failure.catch((error: TesseraError) => failure.abort(error));
  for (const worker of workers) watchOver(worker);

  const stop = async () => {
    const graceMs = settings.values.grace + KILL_AFTER_GRACE_MS;
    // Workers wait for their streams to end, and the gateway's streams are theirs.
    await Promise.all(processes.slice(workers.length).map((gateway) => gateway.stop(graceMs)));
    await Promise.all(workers.map((worker) => worker.stop(graceMs)));
  };

  try {
    const startSignal = AbortSignal.any([signal, failure.signal]);
    const addresses = await orAborted(startSignal, addressesOf(workers));
    const supervisorKey = randomBytes(32).toString('base64url');
    const gateway = new SupervisedProcess(gatewaySpec(settings, addresses, environment, supervisorKey), onLog);
    processes.push(gateway);
    watchOver(gateway);
    const [address] = await orAborted(startSignal, Promise.all([gateway.listening, gateway.ready]));
    return { address, supervisorKey, failed: failure.signal, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

async function addressesOf(workers: readonly SupervisedProcess[]): Promise<WorkerAddresses> {
  const listening = await Promise.all(workers.map(async (worker) => [worker.name, await worker.listening] as const));
  const ofStage = (stage: string) =>
    listening.filter(([name]) => name.startsWith(`${stage}-`)).map(([, address]) => address);
  return { textEncoders: ofStage('text-encoder'), denoisers: ofStage('denoiser'), decoders: ofStage('decoder') };
}

function orAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
