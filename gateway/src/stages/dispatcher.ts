import { setTimeout as delay } from 'node:timers/promises';
import { type ErrorCode, type Tensor, TesseraError } from '@tessera/core';
import { type CallOrder, tesseraV1 } from '@tessera/proto';
import { type CallTrace, type Logger, NO_RECORDER, type Recorder } from '@tessera/runtime';
import type { WorkerStage } from '../workers/worker-description.js';
import type { WorkerLink } from '../workers/worker-link.js';
import type { Workers } from '../workers/workers.js';
import { type CallPlace, CallQueue, type Handover } from './call-queue.js';
import { OneByOne } from './one-by-one.js';
import { PredictStream, type WindowCall, type WindowPredictions, WORKER_LOST } from './predict-stream.js';
import { Suspects } from './suspects.js';

/** What a call needs of the worker that takes it. */
export interface WorkerNeed {
  readonly stage: WorkerStage;
  readonly modelSha256: string;
  /** Only workers of this class may take it. */
  readonly numericClass?: string;
}

/** One window of a generation, to be predicted under each of its conditionings. */
export interface PredictionRequest {
  readonly place: Omit<CallPlace, 'evaluations'>;
  readonly generationId: string;
  readonly window: Omit<WindowCall, 'order'>;
  /** Windows of the canvas, which are predicted at once. */
  readonly windows: number;
  readonly trace?: CallTrace | undefined;
}

export interface DispatchLimits {
  /** Longest wait for a worker to appear before the call fails as unavailable. */
  readonly workerWaitMs: number;
  /** Workers that may fail a call before the call is taken to be at fault. */
  readonly attempts: number;
  readonly minBackoffMs: number;
}

export const DISPATCH_LIMITS: DispatchLimits = { workerWaitMs: 30_000, attempts: 5, minBackoffMs: 50 };

export interface DispatcherSetup {
  readonly workers: Workers;
  readonly logger: Logger;
  readonly metrics?: Recorder;
  readonly limits?: DispatchLimits | undefined;
  readonly fairOrder: boolean;
}

/** What halves take is known only of those that were made; a figure of a bad moment would stay. */
const TRY_APART_EVERY = 16;

const MOST_DOUBLINGS = 6;

/** Failures of a worker, after which another one may well succeed. */
const WORKER_FAILURES: readonly ErrorCode[] = ['unavailable', 'internal', 'resource_exhausted', 'cancelled'];

/** Sends every call to the worker where it will end first, and elsewhere when that one fails. */
export class Dispatcher {
  readonly calls: CallQueue;
  /** Images that are decoded in bands, which takes every decoder. */
  readonly bandedDecodes = new OneByOne();
  readonly #workers: Workers;
  readonly #log: Logger;
  readonly #metrics: Recorder;
  readonly #limits: DispatchLimits;
  readonly #streams = new WeakMap<WorkerLink, PredictStream>();
  readonly #suspects = new Suspects();
  readonly #lastTaken = new WeakMap<WorkerLink, number>();
  #taken = 0;
  /** Calls that found denoisers for each of their halves. */
  #chances = 0;

  constructor({ workers, logger, metrics = NO_RECORDER, limits = DISPATCH_LIMITS, fairOrder }: DispatcherSetup) {
    this.#workers = workers;
    this.#log = logger;
    this.#metrics = metrics;
    this.#limits = limits;
    const denoisers = (modelSha256: string) => workers.ready('denoiser', modelSha256);
    this.calls = new CallQueue({ denoisers, workerWaitMs: limits.workerWaitMs, fairOrder });
  }

  /**
   * Makes one call, on one worker after another while they fail.
   *
   * @param call hears in its signal that the caller gave up, or that the worker is lost.
   * @throws TesseraError `unavailable` when no worker came in time or too many
   *   failed; what the worker said when the call itself was at fault; the
   *   signal's reason when it is aborted.
   */
  onWorker<Result>(
    need: WorkerNeed,
    signal: AbortSignal,
    call: (worker: WorkerLink, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const place = async (failed: ReadonlySet<WorkerLink>) => {
      const worker = await this.#take(need, failed, signal);
      return { worker, vacate: worker.occupy(1) };
    };
    return this.#attempt(need, signal, place, ({ worker }) => call(worker, signal));
  }

  /**
   * One window on a denoiser, when its turn has come. Both halves of guidance
   * are one call; where two denoisers have nothing to do they are two, which
   * gives the same bits earlier.
   */
  async predict(request: PredictionRequest, signal: AbortSignal): Promise<readonly Tensor[]> {
    const { conditionings } = request.window;
    if (conditionings.length < 2 || !this.#gainsApart(request)) {
      return (await this.#predictWhole(request, signal)).predictions;
    }
    const halves = conditionings.map((conditioning, index) => {
      const window = { ...request.window, conditionings: [conditioning] };
      // The work that is left counts each half once.
      const remainingEvaluations = request.place.remainingEvaluations - index;
      return this.#predictWhole({ ...request, window, place: { ...request.place, remainingEvaluations } }, signal);
    });
    const results = await Promise.all(halves);
    return results.flatMap(({ predictions }) => predictions);
  }

  /**
   * The numeric class in which a generation of this model ends first, once
   * there is any.
   *
   * @throws TesseraError `unavailable` when no denoiser came in time.
   */
  async chooseNumericClass(modelSha256: string, signal: AbortSignal): Promise<string> {
    const worker = await this.#take({ stage: 'denoiser', modelSha256 }, new Set(), signal);
    return worker.description?.numericClass ?? '';
  }

  /** Whether there is a denoiser of the class, or one comes in time. */
  async hasNumericClass(modelSha256: string, numericClass: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#take({ stage: 'denoiser', modelSha256, numericClass }, new Set(), signal);
      return true;
    } catch (thrown) {
      signal.throwIfAborted();
      if (TesseraError.from(thrown).code !== 'unavailable') throw thrown;
      return false;
    }
  }

  get limits(): DispatchLimits {
    return this.#limits;
  }

  /**
   * The workers of one numeric class: of that of which there are most, once there is any.
   *
   * @throws TesseraError `unavailable` when none came in time.
   */
  async group(need: WorkerNeed, failed: ReadonlySet<WorkerLink>, signal: AbortSignal): Promise<readonly WorkerLink[]> {
    await this.#take(need, failed, signal);
    const usable = this.#usable(need, failed);
    const classOf = ({ description }: WorkerLink) => description?.numericClass ?? '';
    const classes = [...new Set(usable.map(classOf))].sort();
    const groups = classes.map((numericClass) => usable.filter((worker) => classOf(worker) === numericClass));
    return groups.reduce((largest, group) => (group.length > largest.length ? group : largest), []);
  }

  hasGroup(need: WorkerNeed, failed: ReadonlySet<WorkerLink>): boolean {
    return this.#usable(need, failed).length > 0;
  }

  /** Numeric classes of all workers of this stage that have served the model, those that are away too. */
  numericClasses({ stage, modelSha256 }: WorkerNeed): ReadonlySet<string> {
    const known = this.#workers.links.filter((link) => link.description?.stage === stage && link.serves(modelSha256));
    return new Set(known.flatMap(({ description }) => description?.numericClass ?? []));
  }

  /** Hands on calls as workers come and go, until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#workers.changed(signal);
      this.calls.denoisersChanged();
    }
  }

  #gainsApart({ place, window, windows }: PredictionRequest): boolean {
    const { length } = window.conditionings;
    // With fewer, whole windows keep every denoiser busy.
    if (this.calls.denoisers(place) < windows * length) return false;
    const idle = this.calls.idle(place).map(({ costs }) => costs);
    const apartMs = idle.map((costs) => costs.runMs(1)).sort((a, b) => a - b)[length - 1];
    if (apartMs === undefined) return false;
    this.#chances += 1;
    const togetherMs = Math.min(...idle.map((costs) => costs.runMs(length)));
    return apartMs < togetherMs || this.#chances % TRY_APART_EVERY === 0;
  }

  #predictWhole(request: PredictionRequest, signal: AbortSignal): Promise<WindowPredictions> {
    const { place, window } = request;
    const evaluations = window.conditionings.length;
    const { modelSha256, numericClass } = place;
    const need = { stage: 'denoiser', modelSha256, numericClass } as const;
    let alone = false;
    return this.#attempt(
      need,
      signal,
      (failed) => this.calls.place({ ...place, evaluations, alone }, failed, signal),
      async (handover) => {
        const { worker } = handover;
        this.#metrics.time('tessera_call_wait_seconds', handover.waitedMs, {});
        const order = { ...wireOrder(request, handover), alone };
        let began = false;
        const onBegin = () => {
          began = true;
        };
        const result = await this.#streamOf(worker)
          .predict({ ...window, order, onBegin }, signal)
          .catch((thrown) => {
            if (began) this.#lostAlone(request, thrown);
            alone ||= TesseraError.from(thrown).reason === WORKER_LOST;
            throw thrown;
          });
        if (alone) this.#suspects.completed(request.generationId);
        worker.costs.ran(result.runMs, result.batchSize);
        this.calls.heard(result.virtualTime);
        return result;
      },
    );
  }

  #lostAlone({ generationId }: PredictionRequest, thrown: unknown): void {
    if (TesseraError.from(thrown).reason === WORKER_LOST) this.#suspects.crashedAlone(generationId);
  }

  async #attempt<Place extends Pick<Handover, 'worker' | 'vacate'>, Result>(
    need: WorkerNeed,
    signal: AbortSignal,
    place: (failed: ReadonlySet<WorkerLink>) => Promise<Place>,
    call: (placed: Place) => Promise<Result>,
  ): Promise<Result> {
    const failed = new Set<WorkerLink>();
    for (let attempt = 1, answered = 0; ; attempt += 1) {
      const placed = await place(failed);
      try {
        return await call(placed);
      } catch (thrown) {
        signal.throwIfAborted();
        const error = TesseraError.from(thrown);
        if (!WORKER_FAILURES.includes(error.code) || error.reason === 'POISON') throw error;
        // Of a call that was lost with its worker nothing is known yet.
        if (error.reason !== WORKER_LOST) answered += 1;
        const { address } = placed.worker;
        this.#metrics.count('tessera_worker_calls_failed_total', { stage: need.stage });
        this.#log.warn('a worker failed a call', { stage: need.stage, address, cause: error.message });
        if (answered >= this.#limits.attempts) {
          const text = `${answered} calls to a ${need.stage} failed in a row`;
          throw new TesseraError('unavailable', text, { cause: error });
        }
        failed.add(placed.worker);
      } finally {
        placed.vacate();
      }
      await this.#backOff(need, failed, attempt, signal);
    }
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
  async #backOff(need: WorkerNeed, failed: Set<WorkerLink>, attempt: number, signal: AbortSignal): Promise<void> {
    if (this.#best(need, failed) !== undefined) return;
    failed.clear();
    const waitMs = this.#limits.minBackoffMs * 2 ** Math.min(attempt, MOST_DOUBLINGS) * (0.5 + Math.random());
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

function wireOrder({ place, generationId, trace }: PredictionRequest, { virtualStart, waitedMs }: Handover): CallOrder {
  const { tenant, weight, priority, timeLeftMs, remainingEvaluations } = place;
  return {
    ...{ tenant, weight, priority, remainingEvaluations, generationId, virtualStart, ...trace },
    waitedMs: Math.round(waitedMs),
    // 0 is "no limit"; a limit that has just passed is about to abort the call anyway.
    timeLeftMs: timeLeftMs === undefined ? 0 : Math.max(1, Math.ceil(timeLeftMs - waitedMs)),
  };
}
