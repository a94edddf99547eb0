import { connect } from '@tessera/client';
import {
  cutWindow,
  gatherPixels,
  type ModelCard,
  type Plan,
  type PlanSummary,
  SEAM_ALARM,
  type SeamEdges,
  seamEdgesOf,
  seamFigures,
  type Tensor,
} from '@tessera/core';
import { startCluster } from '../../support/cluster.js';
import { decodeImage } from '../../support/differences.js';
import { WorkerStages } from '../../support/worker-stages.js';
import type { AcceptancePoint } from '../point.js';
import { cardOf } from './card-of.js';
import { canvasNoise, plainLatent } from './plain-latent.js';

/** Ten steps in place of the model's twenty, to end within minutes. */
const REQUEST = { prompt: 'a red apple', width: 512, height: 512, steps: 10 };
const SEEDS = 20;
const STITCHED_SEEDS = 3;
const MEDIAN_LIMIT = 1.05;

export const seamsPoint: AcceptancePoint = {
  id: 'megapixel.5',
  title: 'at 512² the median seam ratio of 20 seeds is at most 1.05, and a hard stitch of the same windows alarms',
  run: async (seed) => {
    await using cluster = await startCluster();
    const blended: number[] = [];
    for (let i = 0; i < SEEDS; i += 1) blended.push(await ratioOfImage(cluster.address, seed + i));
    await using stages = new WorkerStages(cluster.workers.map(({ address }) => address));
    const card = await cardOf(cluster);
    const stitched: number[] = [];
    for (let i = 0; i < STITCHED_SEEDS; i += 1) stitched.push(await ratioOfStitch(stages, card, seed + i));
    const median = medianOf(blended);
    return {
      value: { seeds: SEEDS, median, least: Math.min(...blended), most: Math.max(...blended), stitched },
      limit: { seeds: SEEDS, median: MEDIAN_LIMIT, stitched: `> ${SEAM_ALARM}` },
      pass: median <= MEDIAN_LIMIT && stitched.every((ratio) => ratio > SEAM_ALARM),
    };
  },
};

async function ratioOfImage(address: string, seed: number): Promise<number> {
  const client = connect({ address });
  try {
    let plan: PlanSummary | undefined;
    for await (const event of client.generate({ ...REQUEST, seed })) {
      if (event.type === 'accepted') plan = event.plan;
      const [completed] = event.type === 'completed' ? event.images : [];
      if (completed === undefined || plan === undefined) continue;
      const image = await decodeImage(await client.imageBytes(event.generationId, completed.image));
      return seamFigures(image, edgesOf(plan)).ratio;
    }
    throw new Error(`seed ${seed} did not complete`);
  } finally {
    client.close();
  }
}

/** Of windows that never saw each other, each laid over those before it: a seam wherever one begins. */
function ratioOfStitch(stages: WorkerStages, card: ModelCard, seed: number): Promise<number> {
  return stages.run({ ...REQUEST, seed }, card, async (run) => {
    const { plan, signal } = run;
    const noise = canvasNoise(plan)(0);
    const latents = plan.windows.map((window) => plainLatent(run, () => cutWindow(noise, window)));
    const pixels = await gatherPixels(run.stages.decode(laidOver(await Promise.all(latents), plan), signal), plan);
    return seamFigures(pixels, edgesOf(plan)).ratio;
  });
}

function laidOver(latents: readonly Tensor[], { windows, latentShape }: Plan): Tensor {
  const [channels, height, width] = latentShape;
  const data = new Float32Array(channels * height * width);
  for (const [index, window] of windows.entries()) {
    for (let row = 0; row < channels * window.height; row += 1) {
      const [c, y] = [Math.floor(row / window.height), window.y + (row % window.height)];
      const from = latents[index]?.data.subarray(row * window.width, (row + 1) * window.width) ?? [];
      data.set(from, (c * height + y) * width + window.x);
    }
  }
  return { shape: latentShape, data };
}

function edgesOf(plan: PlanSummary | Plan): SeamEdges {
  const edges = seamEdgesOf(plan);
  if (edges === undefined) throw new Error('an image without edges');
  return edges;
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2;
}
