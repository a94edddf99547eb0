import { randomBytes } from 'node:crypto';
import type { SecurityOptions } from '@tessera/client';
import { invalidField, type TesseraError } from '@tessera/core';
import type { Environment } from '@tessera/runtime';
import { supervisorSecurity } from './cluster-security.js';
import { denoiserShards } from './denoiser-shards.js';
import type { LogLine } from './process-output.js';
import {
  type ClusterSettings,
  gatewaySpecs,
  natsSpec,
  partSpecs,
  type WorkerAddresses,
  workerSpecs,
} from './process-specs.js';
import { type ProcessSpec, SupervisedProcess } from './supervised-process.js';

/** A whole cluster of processes on this machine. */
export interface LocalCluster {
  /** host:port of each gateway. */
  readonly addresses: readonly [string, ...string[]];
  /** The server of the Bus that was started with it. */
  readonly nats?: { readonly url: string; readonly monitor: string; readonly pid: number };
  /** host:port of metrics, by the name of the process: `gateway`, `denoiser-1`. */
  readonly metrics: Readonly<Record<string, string>>;
  /** With which this process may ask how the cluster is, where keys are asked for. */
  readonly supervisorKey: string;
  /** How the gateways are spoken to. */
  readonly security: SecurityOptions;
  /** Aborted with the TesseraError when a process of it is given up. */
  readonly failed: AbortSignal;
  /** Ends the gateways, then the workers, then NATS; resolves when no process is left. */
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
 * Starts all workers and NATS at once (denoisers in parts when those listen) and the gateways as soon as they listen,
 * while they still load their models; resolves when all gateways are ready.
 *
 * @throws TesseraError of the first process that is given up; the signal's reason when it is aborted. No process is
 * left then.
 */
export async function startLocalCluster({ settings, environment, signal, onLog }: ClusterStart): Promise<LocalCluster> {
  signal.throwIfAborted();
  assertShared(settings);
  const security = supervisorSecurity(settings.values.tlsCert);
  const { nats: choice, natsMonitor } = settings.values;
  const failure = new AbortController();
  const gateways: SupervisedProcess[] = [];
  const start = (spec: ProcessSpec) => {
    const supervised = new SupervisedProcess(spec, onLog);
    void supervised.failure.catch((error: TesseraError) => failure.abort(error));
    return supervised;
  };
  const shards = await denoiserShards(settings);
  const nats = choice === 'auto' ? start(natsSpec(settings, environment)) : undefined;
  const parts = partSpecs(settings, environment, shards).map((each) => each.map(start));
  const workers: SupervisedProcess[] = [];

  const stop = async () => {
    const graceMs = settings.values.grace + KILL_AFTER_GRACE_MS;
    const end = (processes: readonly SupervisedProcess[]) =>
      Promise.all(processes.map((supervised) => supervised.stop(graceMs)));
    // Workers wait for their streams to end, and the gateways' streams are theirs.
    await end(gateways);
    await end(workers);
    // Denoisers may still need theirs.
    await end(parts.flat());
    if (nats !== undefined) await nats.stop(graceMs);
  };

  try {
    const startSignal = AbortSignal.any([signal, failure.signal]);
    const partAddresses = await orAborted(startSignal, Promise.all(parts.map(listeningOf)));
    workers.push(...workerSpecs(settings, environment, partAddresses).map(start));
    const server = nats && (await orAborted(startSignal, natsServerOf(nats)));
    const supervisorKey = randomBytes(32).toString('base64url');
    const company = {
      workers: { ...(await orAborted(startSignal, addressesOf(workers))), denoiserParts: partAddresses.flat() },
      nats: choice === 'auto' ? [server?.url ?? ''] : choice,
      natsMonitor: server?.monitor ?? natsMonitor,
      supervisorKey,
    };
    gateways.push(...gatewaySpecs(settings, environment, company).map(start));
    const [first = '', ...others] = await orAborted(startSignal, Promise.all(gateways.map(readyAddress)));
    return {
      addresses: [first, ...others],
      ...(server && { nats: server }),
      metrics: metricsOf([...gateways, ...workers, ...parts.flat()]),
      supervisorKey,
      security,
      failed: failure.signal,
      stop,
    };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

/** Several gateways have one Bus. */
function assertShared({ values: { gateways, nats } }: ClusterSettings): void {
  if (gateways === 1 || nats.length > 0) return;
  throw invalidField('--gateways', 'must be 1 without --nats: gateways share nothing in memory', gateways);
}

async function readyAddress(gateway: SupervisedProcess): Promise<string> {
  await gateway.ready;
  return gateway.listening;
}

async function natsServerOf(nats: SupervisedProcess) {
  const { monitor, server_pid } = await nats.ready;
  return { url: `nats://${await nats.listening}`, monitor: String(monitor), pid: Number(server_pid) };
}

function metricsOf(processes: readonly SupervisedProcess[]): Readonly<Record<string, string>> {
  return Object.fromEntries(processes.flatMap(({ name, metrics }) => (metrics === undefined ? [] : [[name, metrics]])));
}

function listeningOf(processes: readonly SupervisedProcess[]): Promise<readonly string[]> {
  return Promise.all(processes.map(({ listening }) => listening));
}

async function addressesOf(workers: readonly SupervisedProcess[]): Promise<Omit<WorkerAddresses, 'denoiserParts'>> {
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
