/** One run of `batchSize` evaluations. */
export interface EvaluationCost {
  readonly batchSize: number;
  readonly runMs: number;
}

export interface CostMeasurement {
  /** Makes one run of that many evaluations; gives the time inside the network, or `undefined` when they are too many. */
  run(batchSize: number): Promise<number | undefined>;
  /** Ascending, from 1. */
  readonly batchSizes: readonly number[];
  /** Spent at most, but for the run that is under way then; half of it before the first repeat. */
  readonly budgetMs: number;
}

const ROUNDS = 3;

/** A larger batch is worth its longer step if it saves this share of an evaluation. */
const LEAST_GAIN = 0.03;

/** Sizes in a row that gain nothing, on which no larger one is tried: each takes twice the memory of the last. */
const GIVE_UP_AFTER = 2;

/** A larger batch whose evaluations cost this many times the cheapest is not repeated: no noise makes up for it. */
const HOPELESS = 1.5;

/**
 * The cost table of a network on its device. The last entry is the batch size
 * up to which batches gain.
 *
 * Every size keeps the best of several samples, taken in rounds over all
 * sizes: what else the machine does (other workers start at the same moment)
 * then lengthens some samples of every size, and neither hides a gain nor
 * makes one up. A size that comes out dear ends nothing if a larger one gains.
 */
export async function measureEvaluationCosts(measurement: CostMeasurement): Promise<readonly EvaluationCost[]> {
  return upToLastGain(await sampleCosts(measurement));
}

async function sampleCosts({ run, batchSizes, budgetMs }: CostMeasurement): Promise<readonly EvaluationCost[]> {
  const best = new Map<number, number>();
  const startedAt = performance.now();
  const spent = () => (performance.now() - startedAt) / budgetMs;
  const costs = () => [...best].map(([batchSize, runMs]) => ({ batchSize, runMs }));
  const sample = async (batchSize: number) => {
    const runMs = await run(batchSize);
    if (runMs === undefined) return false;
    best.set(batchSize, Math.min(runMs, best.get(batchSize) ?? Number.POSITIVE_INFINITY));
    return true;
  };
  let withoutGain = 0;
  for (const batchSize of batchSizes) {
    if (best.size > 0 && (spent() > 1 / 2 || withoutGain === GIVE_UP_AFTER)) break;
    if (!(await sample(batchSize))) break;
    // The first run of a size also lays out its memory.
    if (spent() < 1) await sample(batchSize);
    withoutGain = upToLastGain(costs()).length === best.size ? 0 : withoutGain + 1;
  }
  if (best.size === 0) return [];
  const cheapest = costs().reduce((some, other) => (perEvaluation(other) < perEvaluation(some) ? other : some));
  const worthRepeating = costs().filter(
    (cost) => cost.batchSize <= cheapest.batchSize || perEvaluation(cost) < HOPELESS * perEvaluation(cheapest),
  );
  for (let round = 1; round < ROUNDS; round++) {
    for (const { batchSize } of worthRepeating) if (spent() < 1) await sample(batchSize);
  }
  return costs();
}

/** Up to the smallest batch that comes close to the cheapest evaluation of all. */
function upToLastGain(costs: readonly EvaluationCost[]): readonly EvaluationCost[] {
  const least = Math.min(...costs.map(perEvaluation));
  const last = costs.findIndex((cost) => perEvaluation(cost) * (1 - LEAST_GAIN) <= least);
  return costs.slice(0, last + 1);
}

function perEvaluation({ batchSize, runMs }: EvaluationCost): number {
  return runMs / batchSize;
}

/** One table for several networks on one device: for each batch size that all of them measured, the dearest. */
export function dearestCosts(tables: readonly (readonly EvaluationCost[])[]): readonly EvaluationCost[] {
  const [first = [], ...others] = tables;
  return first.flatMap(({ batchSize, runMs }) => {
    const same = others.map((table) => table.find((cost) => cost.batchSize === batchSize)?.runMs);
    return same.includes(undefined) ? [] : [{ batchSize, runMs: Math.max(runMs, ...(same as number[])) }];
  });
}
