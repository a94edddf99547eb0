import { emptyQueue, enqueue, inOrder, type Queue, type TesseraError, withdraw } from '@tessera/core';
import { BatchRun } from './batch-run.js';
import { type CallPart, callParts } from './call-part.js';
import type { DenoiserCall, DenoiserResult } from './evaluation.js';
import { type NextRun, nextRun, sameParts, withoutExpired } from './next-run.js';
import { PendingCall } from './pending-call.js';
import { PROTECTIONS, type Protections } from './protections.js';
import type { OnRan } from './run-record.js';

/** Before the running one may end: time to compose the next, and for a timer of a busy process. */
const HANDOVER_MS = 4;

/** A run that is at the executor while another runs. */
interface Successor {
  readonly run: BatchRun;
  /** What waits once it has begun; `undefined` when it is known to have. */
  readonly rest: Queue<CallPart> | undefined;
}

/**
 * The one queue of this worker, of all generations and all gateways, and what
 * of it is at the executor.
 *
 * While anything waits the executor has a run: the next one is handed over
 * shortly before the running one is likely to end, as late as is safe, and
 * taken back for a better one as long as it has not begun. So calls join the
 * next step and not the one after, and one that is withdrawn leaves the others
 * of its run alone.
 */
export class RunLoop {
  readonly #protections: Protections;
  readonly #onRan: OnRan;
  /** What has not begun, as far as this side of the executor can tell; the successor's parts too. */
  #queue: Queue<CallPart> = emptyQueue();
  /** The last one that began. */
  #running: BatchRun | undefined;
  #runningSinceMs = 0;
  /** Those before it that let it begin and have not ended. */
  readonly #before = new Set<BatchRun>();
  #successor: Successor | undefined;
  #handover: NodeJS.Timeout | undefined;
  #lastId = 0;

  constructor(protections: Protections = PROTECTIONS, onRan: OnRan = () => {}) {
    this.#protections = protections;
    this.#onRan = onRan;
  }

  /** @throws the signal's reason, at once, when it is aborted first; nothing of the call starts after that. */
  async submit(asked: DenoiserCall): Promise<DenoiserResult> {
    asked.signal.throwIfAborted();
    const call = new PendingCall(asked, () => this.#withdraw(parts));
    const parts = callParts(call, performance.now(), () => ++this.#lastId).map((part) => this.#ordered(part));
    this.#change((queue) => parts.reduce(enqueue, queue));
    return call.result;
  }

  /** Fails what has not begun. */
  refuseWaiting(reason: TesseraError): void {
    for (const { call } of inOrder(this.#queue)) call.fail(reason);
    this.#change(() => emptyQueue());
  }

  /** Evaluations that have not begun, as far as this side of the executor can tell. */
  get waiting(): number {
    return this.#queue.evaluations;
  }

  get running(): number {
    return [...this.#underWay()].reduce((sum, { rows }) => sum + rows, 0);
  }

  /** Of the run in progress; `undefined` when there is none, or nothing to tell from. */
  get forecastMs(): number | undefined {
    const [oldest] = this.#underWay();
    return oldest?.forecast?.expectedMs;
  }

  *#underWay(): Generator<BatchRun> {
    yield* this.#before;
    if (this.#running !== undefined) yield this.#running;
  }

  #withdraw(parts: readonly CallPart[]): void {
    if (this.#protections.withdrawal) this.#change((queue) => parts.reduce(withdraw, queue));
  }

  #change(change: (queue: Queue<CallPart>) => Queue<CallPart>): void {
    const before = this.#queue;
    this.#queue = change(before);
    if (this.#running === undefined) this.#start();
    else if (this.#successor?.rest === undefined) this.#prepare();
    else this.#reconsider(this.#successor, change);
  }

  #start(): void {
    const decided = this.#decide();
    this.#queue = decided.rest;
    this.#runs(this.#handOver(decided));
  }

  #runs(run: BatchRun | undefined): void {
    this.#running = run;
    this.#runningSinceMs = performance.now();
    this.#prepare();
  }

  /** Hands the successor over if the running one may end any moment, or sets the time for that. */
  #prepare(): void {
    clearTimeout(this.#handover);
    if (this.#running === undefined || this.#successor !== undefined || this.#queue.size === 0) return;
    // It says when.
    if (this.#running.frees) return;
    const earliestMs = this.#running.forecast?.earliestMs ?? 0;
    const waitMs = this.#runningSinceMs + earliestMs - HANDOVER_MS - performance.now();
    if (waitMs > 1) this.#handover = setTimeout(() => this.#prepare(), waitMs);
    else this.#succeedWith(this.#decide());
  }

  #succeedWith(decided: NextRun): void {
    const run = this.#handOver(decided);
    this.#successor = run && { run, rest: decided.rest };
  }

  /** Takes the successor back if another is better now, and it has not begun. */
  #reconsider({ run, rest }: Successor, change: (queue: Queue<CallPart>) => Queue<CallPart>): void {
    const decided = this.#decide();
    if (sameParts(decided.parts, run.parts)) {
      this.#successor = { run, rest: decided.rest };
    } else if (run.takeBack()) {
      this.#succeedWith(decided);
    } else {
      this.#queue = change(rest as Queue<CallPart>);
      this.#successor = { run, rest: undefined };
    }
  }

  #decide(): NextRun {
    this.#queue = withoutExpired(this.#queue, performance.now());
    return nextRun(this.#queue, this.#before.size);
  }

  #handOver(decided: NextRun): BatchRun | undefined {
    if (decided.parts.length === 0) return undefined;
    const run = new BatchRun(decided, this.#onRan);
    void run.freed.then(() => this.#freed(run));
    return run;
  }

  /** It has ended, or lets another one begin before. */
  #freed(run: BatchRun): void {
    if (run !== this.#running) return;
    if (run.frees) {
      this.#before.add(run);
      void run.ended.then(() => this.#before.delete(run));
    }
    const successor = this.#successor;
    this.#successor = undefined;
    if (successor === undefined) {
      this.#start();
      return;
    }
    this.#queue = successor.rest ?? this.#queue;
    this.#runs(successor.run);
  }

  #ordered(part: CallPart): CallPart {
    if (this.#protections.fairOrder) return part;
    const { deadlineMs: _, virtualStart: __, weight: ___, ...rest } = part;
    return { ...rest, tenant: '', priority: 0, remainingEvaluations: 0 };
  }
}
