import type { Tensor } from '@tessera/core';
import type { CallRow } from './call-part.js';
import type { DenoiserCall, DenoiserResult, Evaluation } from './evaluation.js';

/** One run as its calls see it. */
export type CallRun = Omit<DenoiserResult, 'predictions'>;

/** A call on its way to its result, which may take several runs. */
export class PendingCall {
  readonly evaluations: readonly Evaluation[];
  readonly order: DenoiserCall['order'];
  readonly result: Promise<DenoiserResult>;
  readonly #signal: AbortSignal;
  readonly #predictions: Tensor[] = [];
  readonly #settle: () => void;
  #resolve!: (result: DenoiserResult) => void;
  #reject!: (reason: unknown) => void;
  #missing: number;
  #run: CallRun | undefined;
  #settled = false;

  /** @param withdraw is called when the call's signal is aborted before it has its result. */
  constructor({ evaluations, order, signal }: DenoiserCall, withdraw: (call: PendingCall) => void) {
    this.evaluations = evaluations;
    this.order = order;
    this.#signal = signal;
    this.#missing = evaluations.length;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const abort = () => {
      this.fail(signal.reason);
      withdraw(this);
    };
    this.#settle = () => {
      this.#settled = true;
      this.#signal.removeEventListener('abort', abort);
    };
    signal.addEventListener('abort', abort, { once: true });
  }

  /** Has its result, or never will. */
  get settled(): boolean {
    return this.#settled;
  }

  /** @param predictions of the rows, in their order. */
  advance(rows: readonly CallRow[], predictions: readonly Tensor[], run: CallRun): void {
    if (this.#settled) return;
    for (const [position, { index }] of rows.entries()) this.#predictions[index] = predictions[position] as Tensor;
    this.#missing -= rows.length;
    this.#run = this.#run === undefined ? run : both(this.#run, run);
    if (this.#missing > 0) return;
    this.#settle();
    this.#resolve({ predictions: this.#predictions, ...this.#run });
  }

  fail(reason: unknown): void {
    if (this.#settled) return;
    this.#settle();
    this.#reject(reason);
  }
}

function both(earlier: CallRun, later: CallRun): CallRun {
  return {
    runMs: earlier.runMs + later.runMs,
    batchSize: Math.max(earlier.batchSize, later.batchSize),
    virtualTime: later.virtualTime,
  };
}
