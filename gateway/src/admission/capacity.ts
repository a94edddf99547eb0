import type { WorkerLink } from '../workers/worker-link.js';
import type { Work } from './work.js';

/** What the workers do, by what their answers took. */
export interface Capacity {
  /** Milliseconds of the whole cluster for one evaluation, when there is enough to do for full batches. */
  readonly evaluationMs: number;
  /** Evaluations that all denoisers together run at once. */
  readonly batchEvaluations: number;
  /** What a generation costs the slowest stage, in evaluations: stages work on different generations at a time. */
  costOf(work: Work): number;
  /** Milliseconds that it takes when nothing else is there. */
  aloneMs(work: Work): number;
}

type Costs = Pick<WorkerLink, 'costs'>;

/** @returns `undefined` while a stage has no worker. */
export function capacityOf(denoisers: readonly Costs[], decoders: readonly Costs[]): Capacity | undefined {
  if (denoisers.length === 0 || decoders.length === 0) return undefined;
  const evaluationMs = togetherMs(denoisers);
  const decodeMs = togetherMs(decoders);
  return {
    evaluationMs,
    batchEvaluations: denoisers.reduce((sum, { costs }) => sum + costs.fullRun, 0),
    costOf: ({ evaluations, decodes }) => Math.max(evaluations, (decodes * decodeMs) / evaluationMs),
    aloneMs: ({ evaluations, steps, decodes }) => {
      const perStep = evaluations / steps;
      const runMs = Math.min(...denoisers.map(({ costs }) => costs.runMs(Math.max(1, Math.round(perStep)))));
      return steps * Math.min(runMs, perStep * evaluationMs) + decodes * decodeMs;
    },
  };
}

/** Of one evaluation, if all do their part. */
function togetherMs(workers: readonly Costs[]): number {
  return 1 / workers.reduce((sum, { costs }) => sum + 1 / costs.evaluationMs, 0);
}
