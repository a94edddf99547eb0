import {
  DEFAULT_QUEUE_POLICY,
  inOrder,
  preceding,
  type QueuedCall,
  type QueuePolicy,
  TesseraError,
} from '@tessera/core';
import type { Capacity } from './admission/capacity.js';
import { DecisionTimes } from './admission/decision-times.js';
import { type Elsewhere, NOTHING_ELSEWHERE } from './admission/elsewhere.js';
import { judge, type QueueBounds, type QueueState } from './admission/judge.js';
import { Pace } from './admission/pace.js';
import type { Applicant, Candidate, Place } from './admission/place.js';
import { Places } from './admission/places.js';
import { PositionNews } from './admission/position-news.js';
import { type AskedWork, RefusedWork } from './admission/refused-work.js';
import { startForecasts } from './admission/start-forecasts.js';
import { NO_LOAD, sumOf, type TenantLoad, workOfAll } from './admission/tenant-load.js';
import type { Work } from './admission/work.js';

export interface AdmissionSetup extends QueueBounds {
  /** What the workers can do now; `undefined` while there are none. */
  capacity(): Capacity | undefined;
  /** Share of a tenant against others. */
  weightOf(tenant: string): number;
  /** What other gateways have of the same workers. */
  elsewhere?(): Elsewhere;
  readonly policy?: QueuePolicy;
  /** Off, whatever comes is taken. */
  readonly bounded: boolean;
  /** Off, whatever was taken runs. */
  readonly boundsRunning?: boolean;
  /** Off, who came first runs first, whosever it is. */
  readonly fairOrder: boolean;
}

/** Forecasts are off by about so much; what is accepted, and what is begun, should end in time. */
const FORECAST_MARGIN = 1.15;
const TELL_EVERY_MS = 500;
/** Of the time, at most. */
const TELLING_SHARE = 0.05;

/**
 * Which generations run, which wait, and which are refused.
 *
 * Each tenant may run as many as fill the denoisers' batches, divided by the
 * tenants there are, and always one; memory bounds them all. The others wait
 * in the order of the core's policy. What may wait is bounded in time, and what
 * does not fit, or would end after its time limit, is refused at once.
 */
export class Admission {
  readonly refusals = new DecisionTimes();
  readonly #refusedWork = new RefusedWork();
  readonly #setup: AdmissionSetup;
  readonly #places: Places;
  readonly #pace = new Pace();
  /** What each running generation still cost when it was looked at last, in evaluations. */
  readonly #left = new WeakMap<Place, number>();
  /** What each other gateway had done when it was looked at last. */
  #doneElsewhereMs: ReadonlyMap<string, number> = new Map();
  #doneMs = 0;
  #entered = 0;
  #telling: NodeJS.Timeout | undefined;

  constructor(setup: AdmissionSetup) {
    this.#setup = setup;
    this.#places = new Places({ policy: DEFAULT_QUEUE_POLICY, ...setup });
  }

  get running(): number {
    return this.#places.running.size;
  }

  get queued(): number {
    return this.#places.queue.size;
  }

  /** Milliseconds of work that wait. */
  get backlogMs(): number {
    return this.#places.queue.evaluations * this.#evaluationMs;
  }

  /** Whatever this gateway has, and what it did not take within the last minute. */
  get work(): {
    readonly running: readonly Candidate[];
    readonly waiting: readonly Candidate[];
    readonly refused: readonly AskedWork[];
  } {
    return {
      running: [...this.#places.running].map(({ candidate }) => candidate),
      waiting: [...inOrder(this.#places.queue)].map(({ candidate }) => candidate),
      refused: this.#refusedWork.recent(performance.now()),
    };
  }

  /** Of every tenant that has any work here. */
  get loads(): ReadonlyMap<string, TenantLoad> {
    return this.#places.loads();
  }

  /** Work done here, in milliseconds of the whole cluster as its workers described them. */
  get doneMs(): number {
    return this.#doneMs;
  }

  /**
   * Takes room for a generation that is about to be accepted.
   *
   * @returns what gives it back, once the generation has entered or was not accepted.
   * @throws TesseraError `resource_exhausted`, with the time after which it is worth to try again, if ever.
   */
  reserve(applicant: Applicant): () => void {
    const { work } = applicant;
    const applied = this.#placeOf(applicant);
    const state = this.#stateFor(applied, work);
    if (this.#setup.bounded) this.#judge(applicant, state);
    const { tenant, evaluations } = applied;
    return this.#places.reserve({ tenant, evaluations, work, starts: state.startsAtOnce });
  }

  /**
   * Resolves when the candidate may run; the result gives its place back.
   *
   * @throws TesseraError `deadline_exceeded` as soon as it is clear that it cannot end in time: nothing of it is begun
   *   then; the signal's reason when it is aborted first.
   */
  async enter(candidate: Candidate, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const { promise: started, resolve: start, reject } = withResolvers();
    const news = new PositionNews(candidate.onPosition);
    const place: Place = { ...this.#placeOf(candidate), candidate, news, start, refuse: reject };
    const leave = () => {
      this.#progressed(place, candidate.remaining === 0 ? 0 : this.#places.costLeft(place));
      if (this.#places.leave(place)) this.advance();
    };
    if (candidate.wasRunning === true && this.#places.goOn(place)) {
      this.#left.set(place, place.evaluations);
      return leave;
    }
    const withdrawn = () => {
      this.#places.giveUp(place);
      reject(signal.reason);
      this.advance();
    };
    signal.addEventListener('abort', withdrawn, { once: true });
    this.#places.wait(place);
    this.advance();
    this.#tellAfter(0);
    try {
      await started;
    } finally {
      signal.removeEventListener('abort', withdrawn);
    }
    return leave;
  }

  /** Starts what may start: call it when the workers changed. */
  advance(): void {
    for (let next = this.#places.startNext(); next !== undefined; next = this.#places.startNext()) {
      this.#left.set(next, next.evaluations);
      if (this.#endsInTime(next)) next.start();
      else {
        this.#places.leave(next);
        next.refuse(
          new TesseraError('deadline_exceeded', 'the time_limit cannot be kept any more: too much came before'),
        );
      }
    }
  }

  #judge(applicant: Applicant, state: QueueState): void {
    try {
      judge(applicant, state, this.#setup);
    } catch (thrown) {
      // What no cluster would take is not waited for.
      if (TesseraError.from(thrown).retryAfterMs !== undefined) this.#refusedWork.add(applicant, performance.now());
      throw thrown;
    }
  }

  /** Whether a generation that would start now ends in its time, beside all that run. */
  #endsInTime({ tenant, weight = 1, deadlineMs, candidate }: Place): boolean {
    const capacity = this.#setup.capacity();
    if (deadlineMs === undefined || capacity === undefined || !this.#setup.bounded) return true;
    const loads = this.#places.loads([]);
    const all = [...loads, ...this.#elsewhere.loads];
    const others = all.filter(([name]) => name !== tenant).map(([, load]) => ({ ...load, waitingWork: 0 }));
    const own = sumOf((loads.get(tenant) ?? NO_LOAD).running, (left) => left);
    // Work on what then ends a little late would be for nothing, and make the next ones late too.
    const sharedMs = FORECAST_MARGIN * this.#evaluationMs * workOfAll(own, weight, others);
    return performance.now() + Math.max(capacity.aloneMs(candidate.work), sharedMs) <= deadlineMs;
  }

  #placeOf({ tenant, priority, timeLimitMs, work }: Applicant): QueuedCall {
    const arrivedAtMs = performance.now();
    this.#entered += 1;
    const { fairOrder, capacity } = this.#setup;
    const evaluations = capacity()?.costOf(work) ?? work.evaluations;
    const place = { id: this.#entered, bucket: '', evaluations, arrivedAtMs };
    if (!fairOrder) return { ...place, tenant: '', priority: 0, remainingEvaluations: 0 };
    const deadline = timeLimitMs === undefined ? {} : { deadlineMs: arrivedAtMs + timeLimitMs };
    const weight = this.#setup.weightOf(tenant);
    return { ...place, tenant, weight, priority, remainingEvaluations: evaluations, ...deadline };
  }

  #stateFor(applied: QueuedCall, work: Work): QueueState {
    const places = this.#places;
    const loads = places.loads();
    const { tenant, evaluations, weight = 1 } = applied;
    const own = loads.get(tenant) ?? NO_LOAD;
    const elsewhere = this.#elsewhere.loads;
    const ownElsewhere = elsewhere.get(tenant) ?? NO_LOAD;
    const everywhere = [...loads, ...elsewhere].map(([, load]) => load);
    const state: QueueState = {
      startsAtOnce: own.waiting === 0 && places.mayRun(tenant, loads) && places.fits(work),
      waiting: sumOf(everywhere, ({ waiting }) => waiting),
      ofTenant: own.waiting + ownElsewhere.waiting,
      weight,
    };
    const capacity = this.#setup.capacity();
    if (capacity === undefined) return state;
    const ms = this.#evaluationMs;
    const others = [...loads, ...elsewhere].filter(([name]) => name !== tenant).map(([, load]) => load);
    const running = sumOf([...own.running, ...ownElsewhere.running], (left) => left);
    const before = running + ownElsewhere.waitingWork + preceding(places.queue, applied).evaluations;
    const aloneMs = capacity.aloneMs(work);
    const times = {
      waitingMs: ms * sumOf(everywhere, ({ waitingWork }) => waitingWork),
      ofTenantMs: ms * (own.waitingWork + ownElsewhere.waitingWork),
      ownMs: ms * evaluations,
      endsAfterMs: Math.max(aloneMs, FORECAST_MARGIN * ms * workOfAll(before + evaluations, weight, others)),
      aloneMs,
    };
    return { ...state, times };
  }

  get #elsewhere(): Elsewhere {
    return this.#setup.elsewhere?.() ?? NOTHING_ELSEWHERE;
  }

  /** Of the whole cluster, for one evaluation, at the pace that is seen; 0 while nothing is known. */
  get #evaluationMs(): number {
    const capacity = this.#setup.capacity();
    return capacity === undefined ? 0 : this.#pace.evaluationMs(capacity);
  }

  #tellAfter(ms: number): void {
    clearTimeout(this.#telling);
    this.#telling = setTimeout(() => this.#tell(), ms).unref();
  }

  #tell(): void {
    const beganMs = performance.now();
    for (const place of this.#places.running) this.#progressed(place, this.#places.costLeft(place));
    this.#sawElsewhere();
    this.#pace.observe(this.queued > 0, beganMs);
    if (this.queued === 0) return;
    let position = 0;
    for (const [place, work] of startForecasts(this.#places)) {
      position += 1;
      place.news.offer(position, work * this.#evaluationMs, beganMs);
    }
    this.#tellAfter(Math.max(TELL_EVERY_MS, (performance.now() - beganMs) / TELLING_SHARE));
  }

  #progressed(place: Place, left: number): void {
    const before = this.#left.get(place) ?? left;
    this.#left.set(place, left);
    const capacity = this.#setup.capacity();
    if (capacity === undefined) return;
    const doneMs = (before - left) * capacity.describedEvaluationMs;
    this.#doneMs += doneMs;
    this.#pace.did(doneMs);
  }

  /** The pace is that of the workers, whichever gateway they work for. */
  #sawElsewhere(): void {
    const { doneMs } = this.#elsewhere;
    for (const [gatewayId, ms] of doneMs) this.#pace.did(ms - (this.#doneElsewhereMs.get(gatewayId) ?? ms));
    this.#doneElsewhereMs = doneMs;
  }
}

function withResolvers() {
  let resolve: () => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
