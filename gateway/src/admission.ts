import {
  DEFAULT_QUEUE_POLICY,
  emptyQueue,
  enqueue,
  inOrder,
  type Queue,
  type QueuedCall,
  type QueuePolicy,
  TesseraError,
  take,
  withdraw,
} from '@tessera/core';

export interface AdmissionLimits {
  /** Generations that may wait; one more is refused. */
  readonly maxWaiting: number;
  /** Generations that run at once, as of now. */
  maxRunning(): number;
  /** Milliseconds that this many evaluations take with the workers there are; `undefined` while there are none. */
  forecastMs(evaluations: number): number | undefined;
}

/** A generation as admission sees it. */
export interface Candidate {
  readonly tenant: string;
  readonly priority: number;
  readonly remainingEvaluations: number;
  readonly timeLimitMs?: number;
  /** Where it stands in the queue (1 is next), and how long until it runs; told at every change. */
  readonly onPosition: (position: number, remainingMs: number) => void;
}

interface Waiting extends QueuedCall {
  readonly candidate: Candidate;
  readonly start: () => void;
}

/** Refusals name a time in which a place should be free, within these bounds. */
const MIN_RETRY_MS = 250;
const MAX_RETRY_MS = 60_000;
const TELL_EVERY_MS = 5_000;

/**
 * Which generations run and which wait: as many run as keep the denoisers
 * busy, the others wait in the order of the core's queue policy, and beyond a
 * bound they are refused.
 */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #policy: QueuePolicy;
  readonly #running = new Set<Candidate>();
  #queue: Queue<Waiting> = emptyQueue();
  #waiting = 0;
  #entered = 0;
  #telling: NodeJS.Timeout | undefined;

  constructor(limits: AdmissionLimits, policy: QueuePolicy = DEFAULT_QUEUE_POLICY) {
    this.#limits = limits;
    this.#policy = policy;
  }

  get running(): number {
    return this.#running.size;
  }

  get queued(): number {
    return this.#waiting;
  }

  /** @throws TesseraError `resource_exhausted` with the time until a place is free, when all are taken. */
  assertRoom(): void {
    if (this.#waiting < this.#limits.maxWaiting) return;
    const places = this.#waiting + this.#running.size;
    const perPlaceMs = (this.#limits.forecastMs(this.#backlog()) ?? MAX_RETRY_MS) / places;
    // Jitter keeps those who were refused together from coming back together.
    const retryAfterMs = Math.min(MAX_RETRY_MS, Math.max(MIN_RETRY_MS, perPlaceMs * (1 + Math.random())));
    const text = `${this.#waiting} generations wait already, no more are taken`;
    throw new TesseraError('resource_exhausted', text, { retryAfterMs });
  }

  /**
   * Resolves when the candidate may run; the result gives its place back.
   *
   * @throws the signal's reason when it is aborted first.
   */
  async enter(candidate: Candidate, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const waiting = this.#enqueue(candidate);
    const withdrawn = () => {
      const rest = withdraw(this.#queue, waiting.call);
      if (rest === this.#queue) return;
      this.#queue = rest;
      this.#waiting -= 1;
      waiting.reject(signal.reason);
      this.#tell();
    };
    signal.addEventListener('abort', withdrawn, { once: true });
    this.advance();
    if (this.#waiting > 0) this.#tell();
    try {
      await waiting.started;
    } finally {
      signal.removeEventListener('abort', withdrawn);
    }
    return () => {
      if (!this.#running.delete(candidate)) return;
      this.advance();
      this.#tell();
    };
  }

  /** Starts what may start: call it when the number of workers changed. */
  advance(): void {
    while (this.#running.size < this.#limits.maxRunning()) {
      const { queue, calls } = take(this.#queue, { evaluations: 0, nowMs: performance.now() }, this.#policy);
      if (calls.length === 0) return;
      this.#queue = queue;
      for (const { candidate, start } of calls) {
        this.#waiting -= 1;
        this.#running.add(candidate);
        start();
      }
    }
  }

  #enqueue(candidate: Candidate) {
    const { tenant, priority, remainingEvaluations, timeLimitMs } = candidate;
    const { promise: started, resolve, reject } = withResolvers();
    const arrivedAtMs = performance.now();
    this.#entered += 1;
    const call: Waiting = {
      id: this.#entered,
      tenant,
      bucket: String(this.#entered),
      evaluations: remainingEvaluations,
      remainingEvaluations,
      priority,
      arrivedAtMs,
      ...(timeLimitMs !== undefined && { deadlineMs: arrivedAtMs + timeLimitMs }),
      candidate,
      start: resolve,
    };
    this.#queue = enqueue(this.#queue, call);
    this.#waiting += 1;
    return { call, started, reject };
  }

  #backlog(): number {
    let evaluations = 0;
    for (const candidate of this.#running) evaluations += candidate.remainingEvaluations;
    for (const calls of this.#queue.waiting.values()) for (const call of calls) evaluations += call.evaluations;
    return evaluations;
  }

  #tell(): void {
    clearTimeout(this.#telling);
    if (this.#waiting === 0) return;
    let ahead = 0;
    for (const candidate of this.#running) ahead += candidate.remainingEvaluations;
    for (const [index, { candidate, evaluations }] of inOrder(this.#queue, performance.now(), this.#policy).entries()) {
      candidate.onPosition(index + 1, this.#limits.forecastMs(ahead) ?? 0);
      ahead += evaluations;
    }
    this.#telling = setTimeout(() => this.#tell(), TELL_EVERY_MS).unref();
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
