import type { Tensor } from '@tessera/core';
import type { DenoiserCall, DenoiserResult, Evaluation } from './evaluation.js';
import { EvaluationQueue, type Waiting } from './queue.js';

/** One runs, the next is prepared and waits at the executor, which so never idles between two. */
const RUNS_AT_EXECUTOR = 2;

interface PendingCall {
  readonly evaluations: readonly Evaluation[];
  readonly signal: AbortSignal;
  readonly predictions: Tensor[];
  missing: number;
  runMs: number;
  batchSize: number;
  readonly resolve: (result: DenoiserResult) => void;
  readonly reject: (reason: unknown) => void;
}

/** Between the queue and the executor: turns what the queue decides into runs, and runs into results. */
export class RunLoop {
  readonly #queue = new EvaluationQueue<PendingCall>();
  readonly #runs = new Set<readonly Waiting<PendingCall>[]>();

  /**
   * @throws the signal's reason, at once, when it is aborted before all of the call has started; nothing of the call
   * starts after that.
   */
  submit({ evaluations, signal }: DenoiserCall): Promise<DenoiserResult> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const withdraw = () => {
        this.#queue.withdraw(call);
        if (!this.#isRunning(call)) settle(reject)(signal.reason);
      };
      const settle =
        <Value>(how: (value: Value) => void) =>
        (value: Value) => {
          signal.removeEventListener('abort', withdraw);
          how(value);
        };
      const call: PendingCall = {
        evaluations,
        signal,
        predictions: [],
        missing: evaluations.length,
        runMs: 0,
        batchSize: 0,
        resolve: settle(resolve),
        reject: settle(reject),
      };
      signal.addEventListener('abort', withdraw, { once: true });
      this.#queue.add(call);
      this.#fill();
    });
  }

  /** Evaluations that have not begun, as far as this side of the executor can tell. */
  get waiting(): number {
    const atExecutor = [...this.#runs].slice(1).reduce((sum, { length }) => sum + length, 0);
    return this.#queue.waitingEvaluations + atExecutor;
  }

  get running(): number {
    const [first] = this.#runs;
    return first?.length ?? 0;
  }

  #isRunning(call: PendingCall): boolean {
    return [...this.#runs].some((run) => run.some((waiting) => waiting.call === call));
  }

  #fill(): void {
    while (this.#runs.size < RUNS_AT_EXECUTOR) {
      const run = this.#queue.takeRun();
      if (run.length === 0) return;
      this.#runs.add(run);
      void this.#execute(run).finally(() => {
        this.#runs.delete(run);
        this.#fill();
      });
    }
  }

  async #execute(run: readonly Waiting<PendingCall>[]): Promise<void> {
    const [head] = run;
    if (head === undefined) return;
    const calls = new Set(run.map(({ call }) => call));
    try {
      const { predictions, runMs } = await head.evaluation.network.run(
        run.map(({ evaluation }) => evaluation),
        { signal: head.call.signal, counted: true },
      );
      for (const [row, { call, index }] of run.entries()) call.predictions[index] = predictions[row] as Tensor;
      for (const call of calls) this.#advance(call, run, runMs);
    } catch (thrown) {
      for (const call of calls) {
        this.#queue.withdraw(call);
        call.reject(thrown);
      }
    }
  }

  #advance(call: PendingCall, run: readonly Waiting<PendingCall>[], runMs: number): void {
    call.missing -= run.filter((waiting) => waiting.call === call).length;
    call.runMs += runMs;
    call.batchSize = Math.max(call.batchSize, run.length);
    if (call.missing === 0) {
      call.resolve({ predictions: call.predictions, runMs: call.runMs, batchSize: call.batchSize });
    } else if (call.signal.aborted) {
      call.reject(call.signal.reason);
    }
  }
}
