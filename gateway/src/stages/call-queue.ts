import {
  activeTenants,
  advance,
  emptyQueue,
  enqueue,
  inOrder,
  type Queue,
  type QueuedCall,
  TesseraError,
  take,
  withdraw,
} from '@tessera/core';
import type { WorkerLink } from '../workers/worker-link.js';
import { InFlight } from './in-flight.js';

/** A denoiser call as its place in the order depends on it. */
export interface CallPlace {
  readonly modelSha256: string;
  readonly numericClass: string;
  readonly evaluations: number;
  readonly tenant: string;
  /** Share of the tenant against others. */
  readonly weight: number;
  readonly priority: number;
  /** Until the generation's time limit. */
  readonly timeLeftMs?: number | undefined;
  readonly remainingEvaluations: number;
  /** It needs a denoiser to itself. */
  readonly alone?: boolean;
}

/** A call may go to this worker now. */
export interface Handover {
  readonly worker: WorkerLink;
  /** The call's start tag. */
  readonly virtualStart: number;
  readonly waitedMs: number;
  /** The worker has answered, or never will. */
  readonly vacate: () => void;
}

export interface CallQueueSetup {
  /** The denoisers that may take a call of this model now. */
  readonly denoisers: (modelSha256: string) => readonly WorkerLink[];
  /** Longest wait for a denoiser to appear before a call fails as unavailable. */
  readonly workerWaitMs: number;
  /** Off, calls are handed on in the order in which they come, and all at once. */
  readonly fairOrder: boolean;
}

/** Reason of the failure of a call for which there was no denoiser of its numeric class for too long. */
export const CLASS_LOST = 'CLASS_LOST';

interface WaitingCall extends QueuedCall {
  readonly place: CallPlace;
  readonly failed: ReadonlySet<WorkerLink>;
  readonly hand: (handover: Handover) => void;
  readonly fail: (reason: unknown) => void;
}

/**
 * Every denoiser call of this gateway, in the order of the core's policy. A
 * denoiser is handed what keeps it busy and no more, so the order is decided
 * as late as possible: what comes now may still go first.
 */
export class CallQueue {
  readonly #setup: CallQueueSetup;
  readonly #inFlight = new InFlight();
  #queue: Queue<WaitingCall> = emptyQueue();
  /** Since when no denoiser could ever take them. */
  readonly #orphans = new Map<WaitingCall, NodeJS.Timeout>();
  /** Denoisers at which a call is alone. */
  readonly #alone = new Set<WorkerLink>();
  /** Those that get nothing new until the next call that must be alone can have them, whichever that is. */
  readonly #kept = new Set<WorkerLink>();
  #waitingAlone = 0;
  #lastId = 0;

  constructor(setup: CallQueueSetup) {
    this.#setup = setup;
  }

  /** Evaluations that no denoiser has yet. */
  get waiting(): number {
    return this.#queue.evaluations;
  }

  /**
   * Resolves when the call may go to a denoiser.
   *
   * @param failed denoisers that failed it before.
   * @throws TesseraError `unavailable` when there was no denoiser for it for too long; the signal's reason.
   */
  place(place: CallPlace, failed: ReadonlySet<WorkerLink>, signal: AbortSignal): Promise<Handover> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const settle =
        <Value>(how: (value: Value) => void) =>
        (value: Value) => {
          signal.removeEventListener('abort', giveUp);
          this.#adopt(waiting);
          if (place.alone === true) this.#waitsAlone(-1);
          how(value);
        };
      const giveUp = () => waiting.fail(signal.reason);
      const waiting = this.#waiting(place, failed, settle(resolve), settle(reject));
      signal.addEventListener('abort', giveUp, { once: true });
      this.#queue = enqueue(this.#queue, waiting);
      if (place.alone === true) this.#waitsAlone(1);
      this.advance();
      this.#lookForOrphans([waiting]);
    });
  }

  /** Hands on what can be: call it when there may be more room. */
  advance(): void {
    for (;;) {
      const { queue, calls, virtualStarts } = take(this.#queue, {
        evaluations: 0,
        accepts: (first) => this.#denoiserFor(first) !== undefined,
      });
      const [call] = calls;
      const worker = call && this.#denoiserFor(call);
      if (call === undefined || worker === undefined) return;
      this.#queue = queue;
      if (call.place.alone === true) {
        this.#kept.delete(worker);
        this.#alone.add(worker);
      }
      const leave = this.#inFlight.enter(worker, call.tenant, call.evaluations);
      call.hand({
        worker,
        virtualStart: virtualStarts[0] ?? 0,
        waitedMs: performance.now() - call.arrivedAtMs,
        vacate: () => {
          leave();
          if (call.place.alone === true) this.#alone.delete(worker);
          this.advance();
        },
      });
    }
  }

  /** The denoisers are others now. */
  denoisersChanged(): void {
    this.advance();
    this.#lookForOrphans(inOrder(this.#queue));
  }

  /** A worker has come so far in the order that all share. */
  heard(virtualTime: number): void {
    this.#queue = advance(this.#queue, virtualTime);
  }

  /** How many denoisers of the class there are. */
  denoisers({ modelSha256, numericClass }: Pick<CallPlace, 'modelSha256' | 'numericClass'>): number {
    return this.#ofClass(modelSha256, numericClass).length;
  }

  /** Denoisers of the class with nothing to do, while nothing waits here either. */
  idle({ modelSha256, numericClass }: Pick<CallPlace, 'modelSha256' | 'numericClass'>): readonly WorkerLink[] {
    if (this.waiting > 0) return [];
    return this.#ofClass(modelSha256, numericClass).filter(({ load }) => load === 0);
  }

  #waiting(
    place: CallPlace,
    failed: ReadonlySet<WorkerLink>,
    hand: (handover: Handover) => void,
    reject: (reason: unknown) => void,
  ): WaitingCall {
    const arrivedAtMs = performance.now();
    this.#lastId += 1;
    const { modelSha256, numericClass, evaluations, alone = false } = place;
    const avoided = [...failed].map(({ address }) => address).sort();
    const call: WaitingCall = {
      id: this.#lastId,
      // One bucket can go to the same denoisers.
      bucket: [modelSha256, numericClass, ...(alone ? ['alone'] : []), ...avoided].join(' '),
      ...(this.#setup.fairOrder ? orderOf(place, arrivedAtMs) : NO_ORDER),
      ...{ evaluations, arrivedAtMs, place, failed, hand },
      fail: (reason) => {
        this.#queue = withdraw(this.#queue, call);
        reject(reason);
      },
    };
    return call;
  }

  /** The one where the call ends first, if that one has room now. */
  #denoiserFor(call: WaitingCall): WorkerLink | undefined {
    const { place, failed, tenant, evaluations } = call;
    const { modelSha256, numericClass, alone } = place;
    let best: WorkerLink | undefined;
    let bestEndMs = Number.POSITIVE_INFINITY;
    for (const worker of this.#ofClass(modelSha256, numericClass)) {
      if (failed.has(worker) || this.#isTaken(worker, alone)) continue;
      const endMs = (worker.load + evaluations) * worker.costs.evaluationMs;
      const earlier = endMs < bestEndMs || (endMs === bestEndMs && this.#inFlight.longerUnused(worker, best));
      if (!earlier) continue;
      best = worker;
      bestEndMs = endMs;
    }
    if (best !== undefined && alone === true) return this.#whenEmpty(best);
    if (best === undefined || !this.#setup.fairOrder) return best;
    return this.#inFlight.hasRoom(best, tenant, evaluations, activeTenants(this.#queue)) ? best : undefined;
  }

  #isTaken(worker: WorkerLink, alone = false): boolean {
    return this.#alone.has(worker) || (!alone && this.#kept.has(worker));
  }

  /** Kept for whoever is first then: the order may change until the denoiser has nothing else. */
  #whenEmpty(worker: WorkerLink): WorkerLink | undefined {
    if (worker.inFlight === 0) return worker;
    this.#kept.add(worker);
    return undefined;
  }

  #waitsAlone(change: 1 | -1): void {
    this.#waitingAlone += change;
    if (this.#waitingAlone === 0) this.#kept.clear();
  }

  #ofClass(modelSha256: string, numericClass: string): readonly WorkerLink[] {
    return this.#setup.denoisers(modelSha256).filter(({ description }) => description?.numericClass === numericClass);
  }

  #lookForOrphans(calls: Iterable<WaitingCall>): void {
    for (const call of calls) {
      const { modelSha256, numericClass } = call.place;
      const orphan = this.#ofClass(modelSha256, numericClass).every((worker) => call.failed.has(worker));
      if (!orphan) this.#adopt(call);
      else if (!this.#orphans.has(call)) {
        const text = `no denoiser of numeric class ${numericClass} serves this model`;
        const giveUp = () => call.fail(new TesseraError('unavailable', text, { reason: CLASS_LOST }));
        this.#orphans.set(call, setTimeout(giveUp, this.#setup.workerWaitMs));
      }
    }
  }

  #adopt(call: WaitingCall): void {
    clearTimeout(this.#orphans.get(call));
    this.#orphans.delete(call);
  }
}

/** First come, first served. */
const NO_ORDER = { tenant: '', priority: 0, remainingEvaluations: 0 };

function orderOf({ tenant, weight, priority, timeLeftMs, remainingEvaluations }: CallPlace, nowMs: number) {
  const deadline = timeLeftMs === undefined ? {} : { deadlineMs: nowMs + timeLeftMs };
  return { tenant, weight, priority, remainingEvaluations, ...deadline };
}
