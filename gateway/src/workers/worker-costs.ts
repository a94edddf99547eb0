/** One run of `batchSize` evaluations. */
export interface RunCost {
  readonly batchSize: number;
  readonly ms: number;
}

/** Weight of the newest run against all before; at first runs weigh alike. */
const NEWEST = 0.1;
/** Evaluations of one window with guidance. */
const GUIDED_CALL = 2;
/** Of a worker that measured nothing, until its first answer. */
const UNKNOWN_EVALUATION_MS = 1;

/** What runs of one worker take by batch size: as it measured at start, then by its answers. */
export class WorkerCosts {
  readonly #runs: Map<number, { readonly ms: number; readonly count: number }>;
  /** The largest batch that gains, by the worker's own measurement. */
  readonly bestBatch: number;
  /** One evaluation in full batches, as the worker measured it. */
  readonly describedEvaluationMs: number;

  /** @param measured ascending; ends where a larger batch gains nothing. */
  constructor(measured: readonly RunCost[]) {
    const usable = measured.filter(({ ms }) => ms > 0);
    this.#runs = new Map(usable.map(({ batchSize, ms }) => [batchSize, { ms, count: 1 }]));
    this.bestBatch = Math.max(1, ...this.#runs.keys());
    this.describedEvaluationMs = this.evaluationMs;
  }

  /** Evaluations that a run should have: the best batch, and a whole guided call at least. */
  get fullRun(): number {
    return Math.max(GUIDED_CALL, this.bestBatch);
  }

  /** One evaluation when there is enough to do for full batches, by the worker's answers. */
  get evaluationMs(): number {
    return this.runMs(this.bestBatch) / this.bestBatch;
  }

  /** So many evaluations that come alone. */
  runMs(evaluations: number): number {
    const known = this.#runs.get(evaluations);
    if (known !== undefined) return known.ms;
    let nearest: RunCost | undefined;
    for (const [batchSize, { ms }] of this.#runs) {
      const nearer =
        nearest === undefined || Math.abs(batchSize - evaluations) < Math.abs(nearest.batchSize - evaluations);
      if (nearer) nearest = { batchSize, ms };
    }
    return evaluations * (nearest === undefined ? UNKNOWN_EVALUATION_MS : nearest.ms / nearest.batchSize);
  }

  /** A run of so many evaluations took so long. */
  ran(runMs: number, evaluations: number): void {
    const { ms, count } = this.#runs.get(evaluations) ?? { ms: runMs, count: 0 };
    const share = Math.max(NEWEST, 1 / (count + 1));
    this.#runs.set(evaluations, { ms: ms + share * (runMs - ms), count: count + 1 });
  }
}
