import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import { TesseraError } from '@tessera/core';
import { type ReportFault, tesseraV1 } from '@tessera/proto';
import { createLagMonitor } from '../lag-monitor.js';
import { readyLine } from '../ready-line.js';
import { startHealthServer, startServer } from '../rpc/server.js';
import type { MainContext } from '../run-main.js';
import { callInterceptor } from '../telemetry/call-interceptor.js';
import { startTelemetry } from '../telemetry/start-telemetry.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import type { PeerRole } from '../tls/peer-names.js';
import { tlsForPeer } from '../tls/server-tls.js';
import { attendRuns } from './attend-runs.js';
import { RUN_WATCH_LIMITS, type RunWatchLimits } from './run-watch.js';
import { STAGE_SERVICES, type WorkerStage } from './stages.js';
import { observeWorker } from './worker-figures.js';
import { WorkerLife } from './worker-life.js';
import type { WorkerProgram } from './worker-program.js';
import { createWorkerService } from './worker-service.js';
import type { WorkerSettings } from './worker-settings.js';

export interface WorkerSetup<Program extends WorkerProgram> {
  readonly settings: WorkerSettings;
  /** Loads the networks and warms them up; the server already listens meanwhile. */
  start(signal: AbortSignal, telemetry: Telemetry): Promise<Program>;
  /**
   * The stage service's handlers.
   * @param program throws `unavailable` while the worker starts.
   */
  handlers(program: () => Program, reportFault: ReportFault): UntypedServiceImplementation;
  /** Services of the same program beside the stage's own. */
  further?(program: () => Program, reportFault: ReportFault): readonly FurtherService[];
  readonly runWatchLimits?: RunWatchLimits;
  /** For tests, which show what each of them holds. */
  readonly protections?: Partial<WorkerProtections>;
}

export interface FurtherService {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
}

/** All are on. */
export interface WorkerProtections {
  /** A worker whose run hangs is not ready, whatever else it still answers. */
  readonly readinessNeedsProgress: boolean;
}

/** Who calls workers of a stage. */
const CALLERS: Readonly<Record<WorkerStage, readonly PeerRole[]>> = {
  'text-encoder': ['gateway'],
  denoiser: ['gateway'],
  'denoiser-part': ['gateway', 'denoiser'],
  decoder: ['gateway'],
};

const IDLE_CHECK_MS = 20;
/** What lacks a part is as one that has not come so far yet: what it has goes on, and it gets nothing new. */
const LIFE_OF_PROGRESS = { working: 'ready', lacking: 'starting', hung: 'hung' } as const;
/** Once nothing runs, for the last answers to leave before streams that stay open are cut. */
const LAST_ANSWERS_MS = 500;

/**
 * The life of a worker process. It listens at once (its service is not
 * serving, Watch says STARTING) and prints one line of JSON that tells where;
 * then it loads, serves, and when the signal comes drains and returns.
 *
 * Health tells two things apart. The stage's service serves while the worker
 * is ready: loaded, not draining, and completing its runs in the time that
 * they should take. The process as a whole, service '', serves for as long as
 * this loop turns, through loads and runs of any length.
 *
 * @throws TesseraError of a failed start, or `internal` when the program fails or a run never ends.
 */
export async function serveWorker<Program extends WorkerProgram>(
  setup: WorkerSetup<Program>,
  { signal, log }: MainContext,
): Promise<void> {
  const { settings } = setup;
  const { name, definition } = STAGE_SERVICES[settings.stage];
  const beganAtMs = performance.now();
  const life = new WorkerLife();
  const lag = createLagMonitor();
  const { stage: kind, id: instance, metricsListen, peers } = settings;
  const telemetry = await startTelemetry({ kind, instance, metricsListen, peers, environment: process.env, log });
  const watchesEnd = new AbortController();
  const reportFault: ReportFault = (thrown) => log.error('a call failed for no reason of its own', thrown);
  let program: Program | undefined;
  const ready = () => {
    if (program === undefined) throw new TesseraError('unavailable', `${settings.id} is still loading its model`);
    return program;
  };

  const workerService = createWorkerService({
    settings,
    life,
    lag,
    program: () => program,
    ended: watchesEnd.signal,
    reportFault,
  });
  const server = await startServer({
    listen: settings.listen,
    services: [
      { definition, implementation: setup.handlers(ready, reportFault) },
      ...(setup.further?.(ready, reportFault) ?? []),
      { definition: tesseraV1.WorkerService.service, implementation: workerService },
    ],
    health: [name],
    wholeServes: 'while-it-answers',
    interceptors: [callInterceptor(telemetry)],
    tls: peers && tlsForPeer(peers, CALLERS[settings.stage]),
  });
  observeWorker(telemetry.metrics, { lag, life, program: () => program });
  const probes =
    settings.healthListen === undefined
      ? undefined
      : await startHealthServer({ listen: settings.healthListen, health: server.health });
  const { metricsAddress: metrics } = telemetry;
  const { id, stage } = settings;
  readyLine({ listening: server.address, id, stage, pid: process.pid, metrics, health: probes?.address });

  try {
    program = await orAborted(setup.start(signal, telemetry), signal);
    if (program === undefined) return;
    server.setServing(name, true);
    life.enter('ready');
    log.info('ready', {
      worker: settings.id,
      address: server.address,
      device: program.device,
      numeric_class: program.numericClass,
      threads: program.threads,
      start_ms: Math.round(performance.now() - beganAtMs),
    });
    const runs = attendRuns(program, setup.runWatchLimits ?? RUN_WATCH_LIMITS, (progress) => {
      if (setup.protections?.readinessNeedsProgress === false) return;
      if (progress === 'hung') log.error('a run takes far longer than forecast', undefined, { worker: settings.id });
      server.setServing(name, progress === 'working');
      life.enter(LIFE_OF_PROGRESS[progress]);
    });
    try {
      const failure = await orAborted(Promise.race([program.failed, runs.stuck]), signal);
      if (failure !== undefined) throw failure;
    } finally {
      runs.stop();
    }

    server.setServing(name, false);
    life.enter('draining');
    program.drain?.();
    await untilIdle(program, settings.graceMs);
  } finally {
    watchesEnd.abort();
    await server.stop(program === undefined ? 0 : LAST_ANSWERS_MS);
    await probes?.stop();
    lag.close();
    await program?.close();
    await telemetry.stop();
  }
}

/** `undefined` when the signal came first. */
function orAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const abort = () => resolve(undefined);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

async function untilIdle(program: WorkerProgram, graceMs: number): Promise<void> {
  const endsAtMs = performance.now() + graceMs;
  while (performance.now() < endsAtMs) {
    const { waiting, running } = program.load();
    if (waiting + running === 0) return;
    await delay(IDLE_CHECK_MS);
  }
}
