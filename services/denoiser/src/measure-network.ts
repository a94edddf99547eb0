import { type DenoiserInputCard, elementCount, type ModelCard, type Tensor } from '@tessera/core';
import { type EvaluationCost, measureEvaluationCosts, type TypedTensor, typedFromFloat32 } from '@tessera/onnx';
import type { DenoiserNetwork } from './denoiser-network.js';
import type { Evaluation } from './evaluation.js';

export interface NetworkMeasurement {
  /** Empty for a graph that does not say the size of its inputs. */
  readonly costs: readonly EvaluationCost[];
  readonly batchLimit: number;
}

const WARM_UP_BUDGET_MS = 1500;
const BATCH_SIZES = [1, 2, 4, 8];

/**
 * Warms a network up at the model's native size and measures what a run costs
 * by batch size. More than one evaluation shares a run only where that gains,
 * and where each row then has the very bits of a run of its own.
 */
export async function measureNetwork(network: DenoiserNetwork): Promise<NetworkMeasurement> {
  const { card } = network;
  if (!saysItsSizes(card)) return { costs: [], batchLimit: 1 };
  const { fixedBatch } = card.denoiser;
  const run = async (batchSize: number) => {
    const { runMs } = await network.run(evaluationsOf(network, batchSize), { counted: false });
    return runMs;
  };
  const costs = await measureEvaluationCosts({
    run,
    batchSizes: fixedBatch === undefined ? BATCH_SIZES : [fixedBatch],
    budgetMs: WARM_UP_BUDGET_MS,
  });
  const gained = costs.at(-1)?.batchSize ?? 1;
  for (const batchSize of new Set([Math.min(2, gained), gained])) {
    if (batchSize > 1 && !(await rowsAreIndependent(network, batchSize))) return { costs, batchLimit: 1 };
  }
  return { costs, batchLimit: gained };
}

/** Compares the first row and the last, whose place in a kernel's blocks differs most. */
async function rowsAreIndependent(network: DenoiserNetwork, batchSize: number): Promise<boolean> {
  const evaluations = evaluationsOf(network, batchSize);
  const together = await network.run(evaluations, { counted: false });
  for (const row of [0, batchSize - 1]) {
    const alone = await network.run(evaluations.slice(row, row + 1), { counted: false });
    const [one, other] = [alone.predictions[0], together.predictions[row]];
    if (one === undefined || other === undefined || !sameBits(one, other)) return false;
  }
  return true;
}

function sameBits(a: Tensor, b: Tensor): boolean {
  const bytes = ({ data }: Tensor) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return bytes(a).equals(bytes(b));
}

/** Rows that differ from each other, at the model's native size. */
function evaluationsOf(network: DenoiserNetwork, batchSize: number): readonly Evaluation[] {
  const { latentFormat, nativeCanvas, denoiser } = network.card;
  const size = denoiser.fixedSize ?? nativeCanvas;
  const shape = [latentFormat.channels, size.height, size.width];
  return Array.from({ length: batchSize }, (_, row) => ({
    network,
    latent: { shape, data: wave(elementCount(shape), row) },
    timestep: 500,
    inputs: Object.fromEntries(denoiser.inputs.map((input) => [input.name, inputTensor(input, network.card, row)])),
    bucket: '',
  }));
}

function inputTensor(input: DenoiserInputCard, card: ModelCard, row: number): TypedTensor {
  const shape = warmUpShape(input, card);
  return typedFromFloat32(input.type, shape, wave(elementCount(shape), row));
}

function saysItsSizes(card: ModelCard): boolean {
  return card.denoiser.inputs.every((input) => !warmUpShape(input, card).includes(-1));
}

/** The number of tokens is the text encoder's; other open extents stay open. */
function warmUpShape({ name, shape }: DenoiserInputCard, { conditioning }: ModelCard): readonly number[] {
  const tokens = conditioning.textEncoders[0]?.contextLength ?? -1;
  return shape.map((extent, axis) =>
    extent === -1 && axis === 0 && name === 'encoder_hidden_states' ? tokens : extent,
  );
}

/** Smooth values in −1…1; zeros would let kernels take shortcuts. */
function wave(count: number, phase: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(0.7 * i + phase));
}
