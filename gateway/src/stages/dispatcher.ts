import { setTimeout as delay } from 'node:timers/promises';
import { type ErrorCode, TesseraError } from '@tessera/core';
import { tesseraV1 } from '@tessera/proto';
import type { Logger } from '@tessera/runtime';
import type { WorkerStage } from '../workers/worker-description.js';
import type { WorkerLink } from '../workers/worker-link.js';
import type { Workers } from '../workers/workers.js';
import { PredictStream, type WindowCall, type WindowPredictions } from './predict-stream.js';

/** What a call needs of the worker that takes it. */
export interface WorkerNeed {
  readonly stage: WorkerStage;
  readonly modelSha256: string;
  /** Only workers of this class may take it. */
  readonly numericClass?: string;
  readonly evaluations: number;
}

export interface DispatchLimits {
  /** Longest wait for a worker to appear before the call fails as unavailable. */
  readonly workerWaitMs: number;
  /** Workers that may fail a call before the call is taken to be at fault. */
  readonly attempts: number;
  readonly minBackoffMs: number;
}

export const DISPATCH_LIMITS: DispatchLimits = { workerWaitMs: 30_000, attempts: 5, minBackoffMs: 50 };

/** Failures of a worker, after which another one may well succeed. */
const WORKER_FAILURES: readonly ErrorCode[] = ['unavailable', 'internal', 'resource_exhausted', 'cancelled'];

/** Sends every call to the worker where it will end first, and elsewhere when that one fails. */
export class Dispatcher {
  readonly #workers: Workers;
  readonly #log: Logger;
  readonly #limits: DispatchLimits;
  readonly #streams = new WeakMap<WorkerLink, PredictStream>();
  readonly #lastTaken = new WeakMap<WorkerLink, number>();
  #taken = 0;

  constructor(workers: Workers, log: Logger, limits: DispatchLimits = DISPATCH_LIMITS) {
    this.#workers = workers;
    this.#log = log;
    this.#limits = limits;
  }

  /**
   * Makes one call, on one worker after another while they fail.
   *
   * @param call hears in its signal that the caller gave up, or that the worker is lost.
   * @throws TesseraError `unavailable` when no worker came in time or too many
   *   failed; what the worker said when the call itself was at fault; the
   *   signal's reason when it is aborted.
   */
  async onWorker<Result>(
    need: WorkerNeed,
    signal: AbortSignal,
    call: (worker: WorkerLink, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const failed = new Set<WorkerLink>();
    for (let attempt = 1; ; attempt += 1) {
      const worker = await this.#take(need, failed, signal);
      const vacate = worker.occupy(need.evaluations);
      try {
        return await call(worker, signal);
      } catch (thrown) {
        signal.throwIfAborted();
        const error = TesseraError.from(thrown);
        if (!WORKER_FAILURES.includes(error.code)) throw error;
        this.#log.warn('a worker failed a call', { stage: need.stage, address: worker.address, cause: error.message });
        if (attempt >= this.#limits.attempts) {
          const text = `${attempt} calls to a ${need.stage} failed in a row`;
          throw new TesseraError('unavailable', text, { cause: error });
        }
        failed.add(worker);
      } finally {
        vacate();
      }
      await this.#backOff(need, failed, attempt, signal);
    }
  }

  /** One window on a denoiser. Both halves of guidance are one call. */
  predict(
    need: Omit<WorkerNeed, 'stage' | 'evaluations'>,
    call: WindowCall,
    signal: AbortSignal,
  ): Promise<WindowPredictions> {
    const evaluations = call.conditionings.length;
    return this.onWorker({ ...need, stage: 'denoiser', evaluations }, signal, async (worker) => {
      const result = await this.#streamOf(worker).predict(call, signal);
      worker.measured(result.runMs, result.batchSize);
      return result;
    });
  }

  /**
   * The numeric class in which a generation of this model ends first, once
   * there is any.
   *
   * @throws TesseraError `unavailable` when no denoiser came in time.
   */
  async chooseNumericClass(modelSha256: string, signal: AbortSignal): Promise<string> {
    const worker = await this.#take({ stage: 'denoiser', modelSha256, evaluations: 1 }, new Set(), signal);
    return worker.description?.numericClass ?? '';
  }

  async #take(need: WorkerNeed, failed: ReadonlySet<WorkerLink>, signal: AbortSignal): Promise<WorkerLink> {
    signal.throwIfAborted();
    const worker = this.#best(need, failed) ?? (await this.#awaited(need, failed, signal));
    this.#taken += 1;
    this.#lastTaken.set(worker, this.#taken);
    return worker;
  }

  async #awaited(need: WorkerNeed, failed: ReadonlySet<WorkerLink>, signal: AbortSignal): Promise<WorkerLink> {
    const patience = AbortSignal.timeout(this.#limits.workerWaitMs);
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
      const { stage, numericClass } = need;
      const ofClass = numericClass === undefined ? '' : ` of numeric class ${numericClass}`;
      throw new TesseraError('unavailable', `no ${stage}${ofClass} serves this model`);
    }
  }

  #best(need: WorkerNeed, failed: ReadonlySet<WorkerLink>): WorkerLink | undefined {
    const endsAfterMs = (worker: WorkerLink) => (worker.load + need.evaluations) * worker.evaluationMs;
    const takenAt = (worker: WorkerLink) => this.#lastTaken.get(worker) ?? 0;
    let best: WorkerLink | undefined;
    for (const worker of this.#fitting(need)) {
      if (failed.has(worker)) continue;
      const byEnd = best === undefined ? -1 : endsAfterMs(worker) - endsAfterMs(best);
      if (best === undefined || byEnd < 0 || (byEnd === 0 && takenAt(worker) < takenAt(best))) best = worker;
    }
    return best;
  }

  #fitting({ stage, modelSha256, numericClass }: WorkerNeed): readonly WorkerLink[] {
    const ready = this.#workers.ready(stage, modelSha256);
    if (numericClass === undefined) return ready;
    return ready.filter(({ description }) => description?.numericClass === numericClass);
  }

  /** Lets a worker that just failed be found lost, or recover, before it is asked again. */
  async #backOff(need: WorkerNeed, failed: Set<WorkerLink>, attempt: number, signal: AbortSignal): Promise<void> {
    if (this.#best(need, failed) !== undefined) return;
    failed.clear();
    const waitMs = this.#limits.minBackoffMs * 2 ** attempt * (0.5 + Math.random());
    await delay(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }

  #streamOf(worker: WorkerLink): PredictStream {
    const open = this.#streams.get(worker);
    if (open !== undefined && !open.ended) return open;
    const { trust } = worker;
    if (trust.aborted) throw trust.reason;
    const stream = new PredictStream(worker.channel.client(tesseraV1.DenoiserService));
    trust.addEventListener('abort', () => stream.close(trust.reason), { once: true });
    this.#streams.set(worker, stream);
    return stream;
  }
}
