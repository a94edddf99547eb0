import { TesseraError } from '@tessera/core';
import {
  type DescribeResponse,
  durationFromMs,
  PROTOCOL_VERSION,
  type ReportFault,
  serverStream,
  unary,
  type WorkerLoad,
  type WorkerServiceHandlers,
  type WorkerServiceWatchResponse,
} from '@tessera/proto';
import type { LagMonitor } from '../lag-monitor.js';
import { TESSERA_VERSION } from '../version.js';
import { STAGE_SERVICES } from './stages.js';
import type { WorkerLife, WorkerLifeState } from './worker-life.js';
import type { WorkerProgram } from './worker-program.js';
import type { WorkerSettings } from './worker-settings.js';

export interface WorkerServiceSetup {
  readonly settings: WorkerSettings;
  readonly life: WorkerLife;
  readonly lag: LagMonitor;
  /** `undefined` while it starts. */
  program(): WorkerProgram | undefined;
  /** Ends every Watch. */
  readonly ended: AbortSignal;
  readonly reportFault: ReportFault;
}

/** Beats come at least this often. */
const BEAT_MS = 500;

const WIRE_STATE = {
  starting: 'WORKER_STATE_STARTING',
  ready: 'WORKER_STATE_READY',
  hung: 'WORKER_STATE_HUNG',
  draining: 'WORKER_STATE_DRAINING',
} as const satisfies Record<WorkerLifeState, string>;

/** `WorkerService`, the same for every stage. */
export function createWorkerService(setup: WorkerServiceSetup): WorkerServiceHandlers {
  const { settings, life, lag, ended, reportFault } = setup;

  async function* beats(signal: AbortSignal): AsyncGenerator<WorkerServiceWatchResponse> {
    const either = AbortSignal.any([signal, ended]);
    for (;;) {
      yield beat(setup.program(), life.state, lag);
      // The last beat follows the last change.
      if (either.aborted) return;
      await life.changed(BEAT_MS, either).catch(() => {});
    }
  }

  return {
    Describe: unary(() => {
      const program = setup.program();
      if (program === undefined) throw new TesseraError('unavailable', `${settings.id} is still loading its model`);
      return { ...description(settings, program), load: loadOf(program, lag) };
    }, reportFault),
    Watch: serverStream((_request, signal) => beats(signal), reportFault),
  };
}

function description({ id, stage }: WorkerSettings, program: WorkerProgram): DescribeResponse {
  return {
    protocolVersion: PROTOCOL_VERSION,
    workerId: id,
    stage: STAGE_SERVICES[stage].wire,
    pid: process.pid,
    models: program.models.map((card) => ({ name: card.name, sha256: card.sha256, cardJson: JSON.stringify(card) })),
    device: program.device,
    numericClass: program.numericClass,
    evaluationCosts: program.evaluationCosts.map(({ batchSize, runMs }) => ({
      batchSize,
      duration: durationFromMs(runMs),
    })),
    tesseraVersion: TESSERA_VERSION,
    threads: program.threads,
    runsAtOnce: program.runsAtOnce ?? 1,
  };
}

function beat(program: WorkerProgram | undefined, state: WorkerLifeState, lag: LagMonitor): WorkerServiceWatchResponse {
  const load = program?.load();
  return {
    state: WIRE_STATE[state],
    load: loadOf(program, lag),
    evaluationsStarted: load?.evaluationsStarted ?? 0,
    evaluationsCompleted: load?.evaluationsCompleted ?? 0,
  };
}

function loadOf(program: WorkerProgram | undefined, lag: LagMonitor): WorkerLoad {
  const load = program?.load();
  return {
    waiting: load?.waiting ?? 0,
    running: load?.running ?? 0,
    busy: load?.busy ?? 0,
    rssBytes: process.memoryUsage.rss(),
    eventLoopLagP99Ms: lag.p99Ms(),
    runForecastMs: load?.forecastMs ?? 0,
  };
}
