/** One run of `batchSize` evaluations. */
export interface EvaluationCost {
  readonly batchSize: number;
  readonly runMs: number;
}

export interface CostMeasurement {
  /** Makes one run of that many evaluations and returns the time inside the network. */
  run(batchSize: number): Promise<number>;
  /** Ascending, from 1. */
  readonly batchSizes: readonly number[];
  /** No further batch size is begun once this is spent. */
  readonly budgetMs: number;
}

const RUNS = 2;

/** A larger batch that gains less than this for an evaluation is where the table ends. */
const LEAST_GAIN = 0.03;

/**
 * The cost table of a network on its device, by the best of two runs for each
 * batch size, after one that warms up. The last entry is the largest batch that still gains.
 */
export async function measureEvaluationCosts({
  run,
  batchSizes,
  budgetMs,
}: CostMeasurement): Promise<readonly EvaluationCost[]> {
  const costs: EvaluationCost[] = [];
  const startedAt = performance.now();
  for (const batchSize of batchSizes) {
    if (costs.length > 0 && performance.now() - startedAt > budgetMs) break;
    if (costs.length === 0) await run(batchSize);
    let runMs = Number.POSITIVE_INFINITY;
    for (let i = 0; i < RUNS && (i === 0 || performance.now() - startedAt < budgetMs); i++) {
      runMs = Math.min(runMs, await run(batchSize));
    }
    const before = costs.at(-1);
    if (before !== undefined && runMs / batchSize > (1 - LEAST_GAIN) * (before.runMs / before.batchSize)) break;
    costs.push({ batchSize, runMs });
  }
  return costs;
}

/** One table for several networks on one device: for each batch size that all of them measured, the dearest. */
export function dearestCosts(tables: readonly (readonly EvaluationCost[])[]): readonly EvaluationCost[] {
  const [first = [], ...others] = tables;
  return first.flatMap(({ batchSize, runMs }) => {
    const same = others.map((table) => table.find((cost) => cost.batchSize === batchSize)?.runMs);
    return same.includes(undefined) ? [] : [{ batchSize, runMs: Math.max(runMs, ...(same as number[])) }];
  });
}
