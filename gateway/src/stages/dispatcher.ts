import { type Tensor, TesseraError } from '@tessera/core';
import { type CallOrder, tesseraV1 } from '@tessera/proto';
import { type CallTrace, type Logger, NO_RECORDER, type Recorder } from '@tessera/runtime';
import type { WorkerLink } from '../workers/worker-link.js';
import type { Workers } from '../workers/workers.js';
import { type CallPlace, CallQueue, type Handover } from './call-queue.js';
import { OneByOne } from './one-by-one.js';
import { PredictStream, type WindowCall, type WindowPredictions, WORKER_LOST } from './predict-stream.js';
import { Suspects } from './suspects.js';
import { type DispatchLimits, isWorkerFailure, WorkerChoice, type WorkerNeed } from './worker-choice.js';

/** One window of a generation, to be predicted under each of its conditionings. */
export interface PredictionRequest {
  readonly place: Omit<CallPlace, 'evaluations'>;
  readonly generationId: string;
  readonly window: Omit<WindowCall, 'order'>;
  /** Windows of the canvas, which are predicted at once. */
  readonly windows: number;
  /** Hears that a denoiser has it, each time that one takes it. */
  readonly onTaken?: (() => void) | undefined;
  readonly trace?: CallTrace | undefined;
}

export interface DispatcherSetup {
  readonly workers: Workers;
  readonly logger: Logger;
  readonly metrics?: Recorder;
  readonly limits?: DispatchLimits | undefined;
  readonly fairOrder: boolean;
}

/** What halves take is known only of those that were made; a figure of a bad moment would stay. */
const TRY_APART_EVERY = 16;

/** Sends every call to the worker where it will end first, and elsewhere when that one fails. */
export class Dispatcher {
  readonly calls: CallQueue;
  readonly choice: WorkerChoice;
  /** Images that are decoded in bands, which takes every decoder. */
  readonly bandedDecodes = new OneByOne();
  readonly #workers: Workers;
  readonly #log: Logger;
  readonly #metrics: Recorder;
  readonly #streams = new WeakMap<WorkerLink, PredictStream>();
  readonly #suspects = new Suspects();
  /** Calls that found denoisers for each of their halves. */
  #chances = 0;

  constructor({ workers, logger, metrics = NO_RECORDER, limits, fairOrder }: DispatcherSetup) {
    this.#workers = workers;
    this.#log = logger;
    this.#metrics = metrics;
    this.choice = new WorkerChoice(workers, limits);
    const denoisers = (modelSha256: string) => workers.ready('denoiser', modelSha256);
    this.calls = new CallQueue({ denoisers, workerWaitMs: this.choice.limits.workerWaitMs, fairOrder });
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
      const worker = await this.choice.take(need, failed, signal);
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
    const apart = conditionings.length < 2 ? undefined : this.#apart(request);
    if (apart === undefined) return (await this.#predictWhole(request, signal)).predictions;
    const halves = conditionings.map((conditioning, index) => {
      const window = { ...request.window, conditionings: [conditioning] };
      // The work that is left counts each half once.
      const remainingEvaluations = request.place.remainingEvaluations - index;
      const half = { ...request, window, place: { ...request.place, remainingEvaluations } };
      // A denoiser that seems slow would get none, and seem slow for ever.
      const ofOthers = apart.filter((_, other) => other !== index);
      return this.#predictWhole(half, signal, ofOthers);
    });
    const results = await Promise.all(halves);
    return results.flatMap(({ predictions }) => predictions);
  }

  /** Hands on calls as workers come and go, until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#workers.changed(signal);
      this.calls.denoisersChanged();
    }
  }

  /** An idle denoiser for each conditioning, where that is earlier than all on one. */
  #apart({ place, window, windows }: PredictionRequest): readonly WorkerLink[] | undefined {
    const { length } = window.conditionings;
    // With fewer, whole windows keep every denoiser busy.
    if (this.calls.denoisers(place) < windows * length) return undefined;
    const idle = this.calls.idle(place).toSorted((a, b) => a.costs.runMs(1) - b.costs.runMs(1));
    const slowest = idle[length - 1];
    if (slowest === undefined) return undefined;
    this.#chances += 1;
    const togetherMs = Math.min(...idle.map(({ costs }) => costs.runMs(length)));
    const gains = slowest.costs.runMs(1) < togetherMs || this.#chances % TRY_APART_EVERY === 0;
    return gains ? idle.slice(0, length) : undefined;
  }

  #predictWhole(
    request: PredictionRequest,
    signal: AbortSignal,
    avoided: readonly WorkerLink[] = [],
  ): Promise<WindowPredictions> {
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
        request.onTaken?.();
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
      avoided,
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
    avoided: readonly WorkerLink[] = [],
  ): Promise<Result> {
    const failed = new Set(avoided);
    for (let attempt = 1, answered = 0; ; attempt += 1) {
      const placed = await place(failed);
      try {
        return await call(placed);
      } catch (thrown) {
        signal.throwIfAborted();
        const error = TesseraError.from(thrown);
        if (!isWorkerFailure(error) || error.reason === 'POISON') throw error;
        // Of a call that was lost with its worker nothing is known yet.
        if (error.reason !== WORKER_LOST) answered += 1;
        const { address } = placed.worker;
        this.#metrics.count('tessera_worker_calls_failed_total', { stage: need.stage });
        this.#log.warn('a worker failed a call', { stage: need.stage, address, cause: error.message });
        if (answered >= this.choice.limits.attempts) {
          const text = `${answered} calls to a ${need.stage} failed in a row`;
          throw new TesseraError('unavailable', text, { cause: error });
        }
        failed.add(placed.worker);
      } finally {
        placed.vacate();
      }
      await this.choice.backOff(need, failed, attempt, signal);
    }
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
