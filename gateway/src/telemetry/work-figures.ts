import type { AskedWork } from '../admission/refused-work.js';
import type { Work } from '../admission/work.js';
import type { Admission } from '../admission.js';
import { type GenerationStage, WORKER_STAGES } from '../workers/worker-description.js';
import type { WorkerLink } from '../workers/worker-link.js';
import type { Workers } from '../workers/workers.js';

export interface StageWork {
  readonly value: number;
  readonly labels: {
    readonly stage: GenerationStage;
    readonly class: string;
    readonly state: 'running' | 'waiting' | 'refused';
  };
}

const MS_OF_SECOND = 1000;
/** Shown from the beginning, so that a scaler finds a number. */
const USUAL_CLASS = '5';

/**
 * The work that there is for each stage, as seconds of one of its workers: so
 * it does not shrink when there are more of them, and over their number it is
 * the time until all is done.
 */
export function workFigures(admission: Pick<Admission, 'work'>, workers: Pick<Workers, 'links'>): readonly StageWork[] {
  const msOf = new Map(WORKER_STAGES.map((stage) => [stage, evaluationMs(workers.links, stage)]));
  const { running, waiting, refused } = admission.work;
  const sums = new Map<string, StageWork>();
  const add = (
    state: StageWork['labels']['state'],
    priority: string,
    left: Readonly<Record<GenerationStage, number>>,
  ) => {
    for (const stage of WORKER_STAGES) {
      const labels = { stage, class: priority, state };
      const key = `${state} ${priority} ${stage}`;
      const seconds = (left[stage] * (msOf.get(stage) ?? 0)) / MS_OF_SECOND;
      sums.set(key, { labels, value: (sums.get(key)?.value ?? 0) + seconds });
    }
  };
  for (const state of ['running', 'waiting', 'refused'] as const) add(state, USUAL_CLASS, NOTHING);
  for (const candidate of running) add('running', classOf(candidate), leftOf(candidate.work, candidate.remaining));
  for (const candidate of waiting) add('waiting', classOf(candidate), leftOf(candidate.work, candidate.remaining));
  for (const asked of refused) add('refused', classOf(asked), leftOf(asked.work, 1));
  return [...sums.values()];
}

const NOTHING = { 'text-encoder': 0, denoiser: 0, decoder: 0 };

function classOf({ priority }: AskedWork): string {
  return String(priority);
}

/** Evaluations by stage. One text is encoded before the first step; the empty one is nearly always known. */
function leftOf({ evaluations, decodes }: Work, remaining: number): Readonly<Record<GenerationStage, number>> {
  return { 'text-encoder': remaining === 1 ? 1 : 0, denoiser: evaluations * remaining, decoder: decodes };
}

/** Of one worker, for one evaluation in full batches: the mean of all that are known. */
function evaluationMs(links: readonly WorkerLink[], stage: GenerationStage): number {
  const known = links.filter(({ description }) => description?.stage === stage);
  const perMs = known.reduce((sum, { costs }) => sum + 1 / costs.evaluationMs, 0);
  return known.length === 0 ? 0 : known.length / perMs;
}
