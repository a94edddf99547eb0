import {
  DEFAULT_QUEUE_POLICY,
  emptyQueue,
  enqueue,
  inOrder,
  preceding,
  type Queue,
  type QueuedCall,
  type QueuePolicy,
  take,
  waitingTenants,
  withdraw,
} from '@tessera/core';
import type { Capacity } from './admission/capacity.js';
import { DecisionTimes } from './admission/decision-times.js';
import { judge, type QueueBounds, type QueueState } from './admission/judge.js';
import { Pace } from './admission/pace.js';
import { PositionNews } from './admission/position-news.js';
import { NO_LOAD, type TenantLoad, workOfAll, workUntilEnds } from './admission/tenant-load.js';
import type { Work } from './admission/work.js';

export interface AdmissionSetup extends QueueBounds {
  /** What the workers can do now; `undefined` while there are none. */
  capacity(): Capacity | undefined;
  /** Share of a tenant against others. */
  weightOf(tenant: string): number;
  readonly policy?: QueuePolicy;
  /** Off, whatever comes is taken. */
  readonly bounded: boolean;
  /** Off, who came first runs first, whosever it is. */
  readonly fairOrder: boolean;
}

/** A generation that asks to be accepted. */
export interface Applicant {
  readonly tenant: string;
  readonly priority: number;
  readonly timeLimitMs?: number;
  readonly work: Work;
}

/** A generation that was. */
export interface Candidate extends Applicant {
  /** Share of its evaluations that is still to be made, from 1 to 0. */
  readonly remaining: number;
  /** Where it stands in the queue (1 is next), and how long until it runs; told when that is news. */
  readonly onPosition: (position: number, remainingMs: number) => void;
}

/** Its place in the queue, and afterwards among the running ones; `evaluations` is what it costs the slowest stage. */
interface Place extends QueuedCall {
  readonly candidate: Candidate;
  readonly news: PositionNews;
  readonly start: () => void;
}

/** Room that is kept for a generation until it takes its place. */
interface Reserved {
  readonly tenant: string;
  readonly evaluations: number;
  readonly work: Work;
  /** Among the running ones. */
  readonly starts: boolean;
}

/** Batches of all denoisers that the generations of one tenant may fill: one is made while the next one waits. */
const BATCHES_RUNNING = 2;
/** Forecasts are off by about so much; what is accepted should end in time. */
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
  readonly #setup: AdmissionSetup;
  readonly #pace = new Pace();
  /** With what each still cost when it was looked at last, in evaluations. */
  readonly #running = new Map<Place, number>();
  readonly #reserved = new Set<Reserved>();
  #queue: Queue<Place>;
  #entered = 0;
  #telling: NodeJS.Timeout | undefined;

  constructor(setup: AdmissionSetup) {
    this.#setup = setup;
    this.#queue = emptyQueue(setup.policy ?? DEFAULT_QUEUE_POLICY);
  }

  get running(): number {
    return this.#running.size;
  }

  get queued(): number {
    return this.#queue.size;
  }

  /** Milliseconds of work that wait. */
  get backlogMs(): number {
    const capacity = this.#setup.capacity();
    return capacity === undefined ? 0 : this.#queue.evaluations * this.#evaluationMs(capacity);
  }

  /**
   * Takes room in the queue for a generation that is about to be accepted.
   *
   * @returns what gives it back, once the generation has entered or was not accepted.
   * @throws TesseraError `resource_exhausted`, with the time after which it is worth to try again, if ever.
   */
  reserve(applicant: Applicant): () => void {
    const applied = this.#placeOf(applicant);
    const state = this.#stateFor(applied, applicant.work);
    if (this.#setup.bounded) judge(applicant, state, this.#setup);
    const { tenant, evaluations } = applied;
    const reserved = { tenant, evaluations, work: applicant.work, starts: state.startsAtOnce };
    this.#reserved.add(reserved);
    return () => this.#reserved.delete(reserved);
  }

  /**
   * Resolves when the candidate may run; the result gives its place back.
   *
   * @throws the signal's reason when it is aborted first.
   */
  async enter(candidate: Candidate, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const { promise: started, resolve: start, reject } = withResolvers();
    const place: Place = {
      ...this.#placeOf(candidate),
      candidate,
      news: new PositionNews(candidate.onPosition),
      start,
    };
    const withdrawn = () => {
      this.#queue = withdraw(this.#queue, place);
      reject(signal.reason);
    };
    signal.addEventListener('abort', withdrawn, { once: true });
    this.#queue = enqueue(this.#queue, place);
    this.advance();
    this.#tellAfter(0);
    try {
      await started;
    } finally {
      signal.removeEventListener('abort', withdrawn);
    }
    return () => this.#leave(place);
  }

  /** Starts what may start: call it when the workers changed. */
  advance(): void {
    for (;;) {
      const loads = this.#loads([]);
      const accepts = ({ tenant }: Place) => this.#mayRun(tenant, loads);
      const { queue, calls } = take(this.#queue, { evaluations: 0, accepts });
      const [next] = calls;
      if (next === undefined || !this.#fits(next.candidate.work)) return;
      this.#queue = queue;
      this.#running.set(next, next.evaluations);
      next.start();
    }
  }

  #leave(place: Place): void {
    if (!this.#running.has(place)) return;
    this.#progressed(place, 0);
    this.#running.delete(place);
    this.advance();
  }

  #placeOf({ tenant, priority, timeLimitMs, work }: Applicant): QueuedCall {
    const arrivedAtMs = performance.now();
    this.#entered += 1;
    const { fairOrder, weightOf, capacity } = this.#setup;
    const evaluations = capacity()?.costOf(work) ?? work.evaluations;
    const place = { id: this.#entered, bucket: '', evaluations, remainingEvaluations: evaluations, arrivedAtMs };
    if (!fairOrder) return { ...place, tenant: '', priority: 0, remainingEvaluations: 0 };
    const deadline = timeLimitMs === undefined ? {} : { deadlineMs: arrivedAtMs + timeLimitMs };
    return { ...place, tenant, weight: weightOf(tenant), priority, ...deadline };
  }

  /** Whether a tenant may start one more, by what its generations have in flight at once. */
  #mayRun(tenant: string, loads: ReadonlyMap<string, TenantLoad>): boolean {
    const { running, inFlight } = loads.get(tenant) ?? NO_LOAD;
    const tenants = loads.size + (loads.has(tenant) ? 0 : 1);
    return running.length === 0 || inFlight < (BATCHES_RUNNING * this.#batchEvaluations) / tenants;
  }

  #fits({ peakMemoryBytes }: Work): boolean {
    let bytes = peakMemoryBytes;
    for (const { candidate } of this.#running.keys()) bytes += candidate.work.peakMemoryBytes;
    return bytes <= this.#setup.maxRunningBytes || this.#running.size === 0;
  }

  get #batchEvaluations(): number {
    return this.#setup.capacity()?.batchEvaluations ?? 1;
  }

  /** Of every tenant that has any. */
  #loads(reserved: Iterable<Reserved> = this.#reserved): ReadonlyMap<string, TenantLoad> {
    const loads = new Map<string, TenantLoad>();
    const add = (tenant: string, change: (load: TenantLoad) => Partial<TenantLoad>) => {
      const load = loads.get(tenant) ?? { ...NO_LOAD, weight: this.#setup.weightOf(tenant) };
      loads.set(tenant, { ...load, ...change(load) });
    };
    const run = (tenant: string, left: number, { inFlight }: Work) =>
      add(tenant, (load) => ({ running: [...load.running, left], inFlight: load.inFlight + inFlight }));
    const wait = (tenant: string, calls: number, evaluations: number) =>
      add(tenant, (load) => ({ waiting: load.waiting + calls, waitingWork: load.waitingWork + evaluations }));
    for (const place of this.#running.keys()) {
      run(place.tenant, this.#costLeft(place), place.candidate.work);
    }
    for (const { tenant, calls, evaluations } of waitingTenants(this.#queue)) wait(tenant, calls, evaluations);
    for (const { tenant, evaluations, work, starts } of reserved) {
      if (starts) run(tenant, evaluations, work);
      else wait(tenant, 1, evaluations);
    }
    return loads;
  }

  #stateFor(applied: QueuedCall, work: Work): QueueState {
    const loads = this.#loads();
    const { tenant, evaluations, weight = 1 } = applied;
    const own = loads.get(tenant) ?? NO_LOAD;
    const others = [...loads].filter(([name]) => name !== tenant).map(([, load]) => load);
    const [waiting, waitingWork] = [
      sum([...loads.values()].map((load) => load.waiting)),
      sum([...loads.values()].map((load) => load.waitingWork)),
    ];
    const startsAtOnce = own.waiting === 0 && this.#mayRun(tenant, loads) && this.#fits(work);
    const state = { startsAtOnce, waiting, ofTenant: own.waiting, weight };
    const capacity = this.#setup.capacity();
    if (capacity === undefined) return state;
    const evaluationMs = this.#evaluationMs(capacity);
    const before = sum(own.running) + preceding(this.#queue, applied).evaluations;
    const aloneMs = capacity.aloneMs(work);
    const sharedMs = workOfAll(before + evaluations, weight, others) * evaluationMs;
    const endsAfterMs = Math.max(aloneMs, FORECAST_MARGIN * sharedMs);
    const ofWork = { waitingMs: waitingWork * evaluationMs, ofTenantMs: own.waitingWork * evaluationMs };
    return { ...state, times: { ...ofWork, ownMs: evaluations * evaluationMs, endsAfterMs, aloneMs } };
  }

  /** Of the whole cluster, for one evaluation, at the pace that is seen. */
  #evaluationMs({ evaluationMs }: Capacity): number {
    return evaluationMs * this.#pace.factor;
  }

  #tellAfter(ms: number): void {
    clearTimeout(this.#telling);
    this.#telling = setTimeout(() => this.#tell(), ms).unref();
  }

  #tell(): void {
    const beganMs = performance.now();
    for (const place of this.#running.keys()) this.#progressed(place, this.#costLeft(place));
    this.#pace.observe(this.#queue.size > 0, beganMs);
    if (this.#queue.size === 0) return;
    const capacity = this.#setup.capacity();
    const evaluationMs = capacity === undefined ? 0 : this.#evaluationMs(capacity);
    const starts = this.#startForecasts();
    let position = 0;
    for (const place of inOrder(this.#queue)) {
      position += 1;
      place.news.offer(position, (starts.get(place) ?? 0) * evaluationMs, beganMs);
    }
    this.#tellAfter(Math.max(TELL_EVERY_MS, (performance.now() - beganMs) / TELLING_SHARE));
  }

  /** Work that is done before each place can start, of all tenants together. */
  #startForecasts(): ReadonlyMap<Place, number> {
    const loads = this.#loads();
    const waiting = new Map<string, Place[]>();
    for (const place of inOrder(this.#queue)) {
      const places = waiting.get(place.tenant);
      if (places === undefined) waiting.set(place.tenant, [place]);
      else places.push(place);
    }
    const starts = new Map<Place, number>();
    for (const [tenant, places] of waiting) {
      const load = loads.get(tenant) ?? NO_LOAD;
      const others = [...loads].filter(([name]) => name !== tenant).map(([, other]) => other);
      const room = (BATCHES_RUNNING * this.#batchEvaluations) / loads.size;
      for (const [place, own] of startsOf(places, load, room)) starts.set(place, workOfAll(own, load.weight, others));
    }
    return starts;
  }

  #costLeft({ candidate, evaluations }: Place): number {
    const { work, remaining } = candidate;
    return this.#setup.capacity()?.costOf(work, remaining) ?? evaluations * remaining;
  }

  #progressed(place: Place, left: number): void {
    const before = this.#running.get(place) ?? left;
    const capacity = this.#setup.capacity();
    if (capacity !== undefined) this.#pace.did((before - left) * capacity.evaluationMs);
    this.#running.set(place, left);
  }
}

/** Own work that is done before each of a tenant's waiting generations can start, in their order. */
function startsOf(
  places: readonly Place[],
  { running, inFlight }: TenantLoad,
  room: number,
): readonly (readonly [Place, number])[] {
  const each = running.length === 0 ? 1 : inFlight / running.length;
  // All that run go on in turn: while one batch is made, the others' next calls come.
  const together = Math.max(1, Math.floor(room / each), running.length);
  const work = [...running.toSorted((a, b) => a - b), ...places.map(({ evaluations }) => evaluations)];
  const ends = workUntilEnds(work, together);
  // More may run than there is room for, since there are more tenants.
  const surplus = Math.max(0, Math.ceil((inFlight - room) / each));
  return places.map((place, index) => [place, ends[index + surplus] ?? ends.at(-1) ?? 0]);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
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
