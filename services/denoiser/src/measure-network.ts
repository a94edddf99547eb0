import type { ModelCard, Tensor } from '@tessera/core';
import { type EvaluationCost, measureEvaluationCosts } from '@tessera/onnx';
import type { DenoiserNetwork } from './denoiser-network.js';
import { type LatentSize, nativeSize, saysItsSizes, warmUpEvaluations } from './warm-up-evaluations.js';

export interface NetworkMeasurement {
  /** Empty for a graph that does not say the size of its inputs. */
  readonly costs: readonly EvaluationCost[];
  /** Rows up to which a run gains by company. */
  readonly gainfulRows: number;
  /** Whether a row has the very bits of a run of its own, whatever runs beside it. */
  readonly rowsAreIndependent: boolean;
}

const WARM_UP_BUDGET_MS = 1_500;
const BATCH_SIZES = [1, 2, 4, 8, 16];

/**
 * Warms a network up at the model's native size, measures what a run costs by
 * batch size, and finds out whether rows keep their bits in company.
 */
export async function measureNetwork(network: DenoiserNetwork): Promise<NetworkMeasurement> {
  const { card } = network;
  if (!saysItsSizes(card)) return { costs: [], gainfulRows: 1, rowsAreIndependent: false };
  const { fixedBatch } = card.denoiser;
  const run = async (batchSize: number) => {
    const evaluations = warmUpEvaluations(network, batchSize, nativeSize(card));
    // What fails alone fails the worker; a batch that is too large for the device only ends the table.
    const ran = batchSize === 1 ? await network.warmUp(evaluations) : await network.tryOut(evaluations);
    return ran?.runMs;
  };
  const costs = await measureEvaluationCosts({
    run,
    batchSizes: fixedBatch === undefined ? BATCH_SIZES : [fixedBatch],
    budgetMs: WARM_UP_BUDGET_MS,
  });
  const gainfulRows = costs.at(-1)?.batchSize ?? 1;
  return { costs, gainfulRows, rowsAreIndependent: await rowsAreIndependent(network, gainfulRows) };
}

/**
 * Kernels choose their blocks by the number of rows and by the size of the
 * latent: asks at the smallest company, an odd one and the largest, at the
 * native size and a smaller one.
 */
async function rowsAreIndependent(network: DenoiserNetwork, largest: number): Promise<boolean> {
  const batches = new Set([2, 3, largest].map((rows) => Math.min(rows, largest)));
  for (const size of sizesToCompare(network.card)) {
    for (const batchSize of batches) {
      if (batchSize > 1 && !(await keepsBits(network, batchSize, size))) return false;
    }
  }
  return true;
}

function sizesToCompare(card: ModelCard): readonly LatentSize[] {
  const native = nativeSize(card);
  if (card.denoiser.fixedSize !== undefined) return [native];
  const half = (extent: number) => Math.max(1, Math.floor(extent / 2 / card.latentMultiple)) * card.latentMultiple;
  return [native, { width: half(native.width), height: half(native.height) }];
}

/** Compares the first row and the last, whose place in a kernel's blocks differs most. */
async function keepsBits(network: DenoiserNetwork, batchSize: number, size: LatentSize): Promise<boolean> {
  const evaluations = warmUpEvaluations(network, batchSize, size);
  const together = await network.warmUp(evaluations);
  for (const row of [0, batchSize - 1]) {
    const alone = await network.warmUp(evaluations.slice(row, row + 1));
    const [one, other] = [alone.predictions[0], together.predictions[row]];
    if (one === undefined || other === undefined || !sameBits(one, other)) return false;
  }
  return true;
}

function sameBits(a: Tensor, b: Tensor): boolean {
  const bytes = ({ data }: Tensor) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return bytes(a).equals(bytes(b));
}
