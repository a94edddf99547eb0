import { type GetClusterStatusResponse__Output, msFromDuration, type WorkerStatus__Output } from '@tessera/proto';

export interface ClusterStatus {
  readonly version: string;
  readonly gateways: readonly GatewayStatus[];
  readonly workers: readonly WorkerStatus[];
}

export interface GatewayStatus {
  readonly id: string;
  readonly address: string;
  readonly pid: number;
  readonly running: number;
  readonly queued: number;
  /** Work that waits, as the time it takes. */
  readonly backlogMs: number;
  /** Requests refused for want of room or time since the gateway began. */
  readonly refused: number;
  /** How long the latest of these decisions took, at the 99th percentile. */
  readonly refusalP99Ms: number;
  readonly uptimeMs: number;
  readonly arithmeticVersion: string;
  readonly eventLoopLagP99Ms: number;
  readonly rssBytes: number;
  /** What it took and gave back since it began, by kind: equal while nothing goes on. */
  readonly ledger: readonly LedgerCount[];
}

export interface LedgerCount {
  readonly kind: string;
  readonly taken: number;
  readonly released: number;
}

export type WorkerStage = 'text-encoder' | 'denoiser' | 'denoiser-part' | 'decoder';
export type WorkerHealth = 'starting' | 'ready' | 'draining' | 'lost' | 'hung';

export interface WorkerStatus {
  readonly id: string;
  readonly stage: WorkerStage;
  readonly address: string;
  readonly pid: number;
  readonly state: WorkerHealth;
  readonly load: WorkerLoad;
  /** Runs of the stage's network since the process began. */
  readonly evaluationsStarted: number;
  readonly device: string;
  readonly numericClass: string;
  readonly models: readonly string[];
}

export interface WorkerLoad {
  /** Evaluations. */
  readonly waiting: number;
  readonly running: number;
  /** Share of the last second the executor was busy, 0–1. */
  readonly busy: number;
  readonly rssBytes: number;
  readonly eventLoopLagP99Ms: number;
}

/** A model that every stage of the cluster serves. */
export interface ServedModel {
  readonly name: string;
  readonly sha256: string;
  /** Pixels. */
  readonly nativeWidth: number;
  readonly nativeHeight: number;
  /** Width and height must be multiples of this many pixels. */
  readonly sizeMultiple: number;
  readonly defaultSteps: number;
  readonly defaultGuidanceScale: number;
  readonly defaultScheduler: string;
  readonly schedulers: readonly string[];
  readonly isDefault: boolean;
}

export function clusterStatusFromWire(wire: GetClusterStatusResponse__Output): ClusterStatus {
  return {
    version: wire.version,
    gateways: wire.gateways.map(({ uptime, backlog, refused, rssBytes, ledger, ...rest }) => ({
      ...rest,
      backlogMs: msFromDuration(backlog) ?? 0,
      refused: Number(refused),
      uptimeMs: msFromDuration(uptime) ?? 0,
      rssBytes: Number(rssBytes),
      ledger: ledger.map(({ kind, taken, released }) => ({
        kind,
        taken: Number(taken),
        released: Number(released),
      })),
    })),
    workers: wire.workers.map(workerStatusFromWire),
  };
}

function workerStatusFromWire({ stage, state, load, evaluationsStarted, ...rest }: WorkerStatus__Output): WorkerStatus {
  const { rssBytes = 0, ...counts } = load ?? { waiting: 0, running: 0, busy: 0, eventLoopLagP99Ms: 0 };
  return {
    ...rest,
    stage: lowerCase('STAGE_', stage) as WorkerStage,
    state: lowerCase('WORKER_STATE_', state) as WorkerHealth,
    load: { ...counts, rssBytes: Number(rssBytes) },
    evaluationsStarted: Number(evaluationsStarted),
  };
}

/** `STAGE_TEXT_ENCODER` → `text-encoder`. */
function lowerCase(prefix: string, name: string | number): string {
  return String(name).replace(prefix, '').toLowerCase().replaceAll('_', '-');
}
