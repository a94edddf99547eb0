import { type ModelCard, TesseraError } from '@tessera/core';
import { type DescribeResponse__Output, msFromDuration, PROTOCOL_VERSION, type Stage__Output } from '@tessera/proto';
import type { RunCost } from './worker-costs.js';

/** Those that a generation needs one worker each of. */
export const WORKER_STAGES = ['text-encoder', 'denoiser', 'decoder'] as const;

export type GenerationStage = (typeof WORKER_STAGES)[number];

/** Further parts of a denoiser are that denoiser's affair; the gateway only tells how they are. */
export type WorkerStage = GenerationStage | 'denoiser-part';

/** What a worker says it is: fixed for the life of its process. */
export interface WorkerDescription {
  readonly workerId: string;
  readonly stage: WorkerStage;
  readonly pid: number;
  readonly device: string;
  readonly numericClass: string;
  readonly models: readonly WorkerModelCard[];
  /** Measured at start: one run of `batchSize` evaluations. */
  readonly costs: readonly RunCost[];
  /** Runs that are under way at once when there is enough to do. */
  readonly runsAtOnce: number;
}

export interface WorkerModelCard {
  readonly name: string;
  readonly sha256: string;
  readonly card: ModelCard;
}

const STAGE_OF_WIRE: Partial<Record<Stage__Output, WorkerStage>> = {
  STAGE_TEXT_ENCODER: 'text-encoder',
  STAGE_DENOISER: 'denoiser',
  STAGE_DENOISER_PART: 'denoiser-part',
  STAGE_DECODER: 'decoder',
};

export const WIRE_OF_STAGE = {
  'text-encoder': 'STAGE_TEXT_ENCODER',
  denoiser: 'STAGE_DENOISER',
  'denoiser-part': 'STAGE_DENOISER_PART',
  decoder: 'STAGE_DECODER',
} as const satisfies Record<WorkerStage, Stage__Output>;

/** @throws TesseraError `failed_precondition` for a worker of another protocol version or an unknown stage. */
export function parseDescription(wire: DescribeResponse__Output): WorkerDescription {
  if (wire.protocolVersion !== PROTOCOL_VERSION) {
    const text = `worker speaks protocol version ${wire.protocolVersion}, this gateway ${PROTOCOL_VERSION}`;
    throw new TesseraError('failed_precondition', text, { reason: 'PROTOCOL_VERSION' });
  }
  const stage = STAGE_OF_WIRE[wire.stage];
  if (stage === undefined) throw new TesseraError('failed_precondition', `worker of unknown stage ${wire.stage}`);
  return {
    workerId: wire.workerId,
    stage,
    pid: wire.pid,
    device: wire.device,
    numericClass: wire.numericClass,
    models: wire.models.map(({ name, sha256, cardJson }) => ({ name, sha256, card: JSON.parse(cardJson) })),
    costs: wire.evaluationCosts.map(({ batchSize, duration }) => ({ batchSize, ms: msFromDuration(duration) ?? 0 })),
    runsAtOnce: Math.max(1, wire.runsAtOnce),
  };
}

/** Milliseconds of the longest run that the worker forecasts. */
export function longestRunMs({ costs }: WorkerDescription): number {
  return Math.max(0, ...costs.map(({ ms }) => ms));
}
