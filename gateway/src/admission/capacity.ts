import { parseAddress } from '@tessera/runtime';
import type { WorkerLink } from '../workers/worker-link.js';
import type { Work } from './work.js';

/** What the workers do, by what their answers took. */
export interface Capacity {
  /** Milliseconds of the whole cluster for one evaluation, when there is enough to do for full batches. */
  readonly evaluationMs: number;
  /** As the workers measured it when they started. */
  readonly describedEvaluationMs: number;
  /** Evaluations that all denoisers together run at once. */
  readonly batchEvaluations: number;
  /**
   * What a generation still costs, in evaluations. Stages work on different
   * generations at a time, so the dearer one counts; where they share cores
   * both do.
   *
   * @param remaining share of its evaluations that is still to be made.
   */
  costOf(work: Work, remaining?: number): number;
  /** Milliseconds that it takes when nothing else is there. */
  aloneMs(work: Work): number;
}

type Worker = Pick<WorkerLink, 'costs' | 'address' | 'description'>;

/** @returns `undefined` while a stage has no worker. */
export function capacityOf(denoisers: readonly Worker[], decoders: readonly Worker[]): Capacity | undefined {
  if (denoisers.length === 0 || decoders.length === 0) return undefined;
  const evaluationMs = togetherMs(denoisers, 'evaluationMs');
  const decodeMs = togetherMs(decoders, 'evaluationMs');
  const together = shareCores([...denoisers, ...decoders]) ? (a: number, b: number) => a + b : Math.max;
  return {
    evaluationMs,
    describedEvaluationMs: togetherMs(denoisers, 'describedEvaluationMs'),
    batchEvaluations: denoisers.reduce((sum, { costs }) => sum + costs.fullRun, 0),
    costOf: ({ evaluations, decodes }, remaining = 1) =>
      together(evaluations * remaining, (decodes * decodeMs) / evaluationMs),
    aloneMs: ({ evaluations, steps, decodes }) => {
      const perStep = evaluations / steps;
      const runMs = Math.min(...denoisers.map(({ costs }) => costs.runMs(Math.max(1, Math.round(perStep)))));
      return steps * Math.min(runMs, perStep * evaluationMs) + decodes * decodeMs;
    },
  };
}

/** Of one evaluation, if all do their part. */
function togetherMs(workers: readonly Worker[], by: 'evaluationMs' | 'describedEvaluationMs'): number {
  return 1 / workers.reduce((sum, { costs }) => sum + 1 / costs[by], 0);
}

function shareCores(workers: readonly Worker[]): boolean {
  const hosts = new Set(workers.map(({ address }) => parseAddress(address).host));
  return hosts.size === 1 && workers.every(({ description }) => description?.device === 'cpu');
}
