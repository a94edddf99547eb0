import { setTimeout as delay } from 'node:timers/promises';
import { type ErrorCode, TesseraError } from '@tessera/core';
import type { GenerationStage } from '../workers/worker-description.js';
import type { WorkerLink } from '../workers/worker-link.js';
import type { Workers } from '../workers/workers.js';

/** What a call needs of the worker that takes it. */
export interface WorkerNeed {
  readonly stage: GenerationStage;
  readonly modelSha256: string;
  /** Only workers of this class may take it. */
  readonly numericClass?: string;
}

export interface DispatchLimits {
  /** Longest wait for a worker to appear before the call fails as unavailable. */
  readonly workerWaitMs: number;
  /** Workers that may fail a call before the call is taken to be at fault. */
  readonly attempts: number;
  readonly minBackoffMs: number;
}

export const DISPATCH_LIMITS: DispatchLimits = { workerWaitMs: 30_000, attempts: 5, minBackoffMs: 50 };

const MOST_DOUBLINGS = 6;

/** Failures of a worker, after which another one may well succeed. */
const WORKER_FAILURES: readonly ErrorCode[] = ['unavailable', 'internal', 'resource_exhausted', 'cancelled'];

export function isWorkerFailure({ code }: TesseraError): boolean {
  return WORKER_FAILURES.includes(code);
}

/** Which worker is to take a call, and when to ask again after one failed. */
export class WorkerChoice {
  readonly limits: DispatchLimits;
  readonly #workers: Workers;
  readonly #lastTaken = new WeakMap<WorkerLink, number>();
  #taken = 0;

  constructor(workers: Workers, limits: DispatchLimits = DISPATCH_LIMITS) {
    this.#workers = workers;
    this.limits = limits;
  }

  /**
   * The numeric class in which a generation of this model ends first, once
   * there is any.
   *
   * @throws TesseraError `unavailable` when no denoiser came in time.
   */
  async chooseNumericClass(modelSha256: string, signal: AbortSignal): Promise<string> {
    const worker = await this.take({ stage: 'denoiser', modelSha256 }, new Set(), signal);
    return worker.description?.numericClass ?? '';
  }

  /** Whether there is a denoiser of the class, or one comes in time. */
  async hasNumericClass(modelSha256: string, numericClass: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.take({ stage: 'denoiser', modelSha256, numericClass }, new Set(), signal);
      return true;
    } catch (thrown) {
      signal.throwIfAborted();
      if (TesseraError.from(thrown).code !== 'unavailable') throw thrown;
      return false;
    }
  }

  /**
   * The workers of one numeric class: of that of which there are most, once there is any.
   *
   * @throws TesseraError `unavailable` when none came in time.
   */
  async group(need: WorkerNeed, failed: ReadonlySet<WorkerLink>, signal: AbortSignal): Promise<readonly WorkerLink[]> {
    await this.take(need, failed, signal);
    const usable = this.#usable(need, failed);
    const classOf = ({ description }: WorkerLink) => description?.numericClass ?? '';
    const classes = [...new Set(usable.map(classOf))].sort();
    const groups = classes.map((numericClass) => usable.filter((worker) => classOf(worker) === numericClass));
    return groups.reduce((largest, group) => (group.length > largest.length ? group : largest), []);
  }

  /** Numeric classes of all workers of this stage that have served the model, those that are away too. */
  numericClasses({ stage, modelSha256 }: WorkerNeed): ReadonlySet<string> {
    const known = this.#workers.links.filter((link) => link.description?.stage === stage && link.serves(modelSha256));
    return new Set(known.flatMap(({ description }) => description?.numericClass ?? []));
  }

  /** The worker where a call will end first, once there is one. @throws TesseraError `unavailable` when none came in time. */
  async take(need: WorkerNeed, failed: ReadonlySet<WorkerLink>, signal: AbortSignal): Promise<WorkerLink> {
    signal.throwIfAborted();
    const worker = this.#best(need, failed) ?? (await this.#awaited(need, failed, signal));
    this.#taken += 1;
    this.#lastTaken.set(worker, this.#taken);
    return worker;
  }

  async #awaited(need: WorkerNeed, failed: ReadonlySet<WorkerLink>, signal: AbortSignal): Promise<WorkerLink> {
    const patience = AbortSignal.timeout(this.limits.workerWaitMs);
    const either = AbortSignal.any([signal, patience]);
    try {
      for (;;) {
        await this.#workers.changed(either);
        const best = this.#best(need, failed);
        if (best !== undefined) return best;
      }
    } catch (thrown) {
      signal.throwIfAborted();
      if (!patience.aborted) throw thrown;
      throw new TesseraError('unavailable', `no ${need.stage} serves this model`);
    }
  }

  #usable({ stage, modelSha256, numericClass }: WorkerNeed, failed: ReadonlySet<WorkerLink>): readonly WorkerLink[] {
    return this.#workers
      .ready(stage, modelSha256)
      .filter((worker) => !failed.has(worker))
      .filter(({ description }) => numericClass === undefined || description?.numericClass === numericClass);
  }

  #best(need: WorkerNeed, failed: ReadonlySet<WorkerLink>): WorkerLink | undefined {
    const endsAfterMs = (worker: WorkerLink) => (worker.load + 1) * worker.costs.evaluationMs;
    const takenAt = (worker: WorkerLink) => this.#lastTaken.get(worker) ?? 0;
    let best: WorkerLink | undefined;
    for (const worker of this.#usable(need, failed)) {
      const byEnd = best === undefined ? -1 : endsAfterMs(worker) - endsAfterMs(best);
      if (best === undefined || byEnd < 0 || (byEnd === 0 && takenAt(worker) < takenAt(best))) best = worker;
    }
    return best;
  }

  /** Lets a worker that just failed be found lost, or recover, before it is asked again. */
  async backOff(need: WorkerNeed, failed: Set<WorkerLink>, attempt: number, signal: AbortSignal): Promise<void> {
    if (this.#best(need, failed) !== undefined) return;
    failed.clear();
    const waitMs = this.limits.minBackoffMs * 2 ** Math.min(attempt, MOST_DOUBLINGS) * (0.5 + Math.random());
    await delay(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
