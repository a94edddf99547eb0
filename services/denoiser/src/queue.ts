import type { Evaluation } from './evaluation.js';

/** An evaluation that waits, with the call that it belongs to. */
export interface Waiting<Call> {
  readonly call: Call;
  /** Position in the call. */
  readonly index: number;
  readonly evaluation: Evaluation;
}

/**
 * Evaluations in, runs out: decides what the executor does next, and nothing
 * else. First come, first served; a run takes as many evaluations of the call
 * at the head as may share one, up to what the network gains by.
 */
export class EvaluationQueue<Call extends { readonly evaluations: readonly Evaluation[] }> {
  #waiting: readonly Waiting<Call>[] = [];

  get waitingEvaluations(): number {
    return this.#waiting.length;
  }

  add(call: Call): void {
    const evaluations = call.evaluations.map((evaluation, index) => ({ call, index, evaluation }));
    this.#waiting = [...this.#waiting, ...evaluations];
  }

  /** Takes out what waits of a call. */
  withdraw(call: Call): void {
    this.#waiting = this.#waiting.filter((waiting) => waiting.call !== call);
  }

  /** The evaluations of the next run, taken out; empty when none waits. */
  takeRun(): readonly Waiting<Call>[] {
    const [head] = this.#waiting;
    if (head === undefined) return [];
    const { network, bucket } = head.evaluation;
    const mayJoin = ({ call, evaluation }: Waiting<Call>) => call === head.call && evaluation.bucket === bucket;
    const end = this.#waiting.findIndex((waiting) => !mayJoin(waiting));
    const size = Math.min(network.batchLimit, end === -1 ? this.#waiting.length : end);
    const run = this.#waiting.slice(0, size);
    this.#waiting = this.#waiting.slice(size);
    return run;
  }
}
