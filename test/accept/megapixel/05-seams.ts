import { connect } from '@tessera/client';
import {
  type ModelCard,
  type Pixels,
  type Plan,
  type PlanSummary,
  type PredictCall,
  SEAM_ALARM,
  type Stages,
  seamEdgesOf,
  seamFigures,
  type Tensor,
} from '@tessera/core';
import { startCluster } from '../../support/cluster.js';
import { decodeImage } from '../../support/differences.js';
import { type StagedRun, WorkerStages, wholeImage } from '../../support/worker-stages.js';
import type { AcceptancePoint } from '../point.js';
import { cardOf } from './card-of.js';

/** Ten steps in place of the model's twenty: the same seams in half the time. */
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
      return ratioOf(await decodeImage(await client.imageBytes(event.generationId, completed.image)), plan);
    }
    throw new Error(`seed ${seed} did not complete`);
  } finally {
    client.close();
  }
}

function ratioOfStitch(stages: WorkerStages, card: ModelCard, seed: number): Promise<number> {
  return stages.run({ ...REQUEST, seed }, card, async (run: StagedRun) => {
    const { pixels } = await wholeImage({ ...run, stages: hardlyStitched(run.stages, run.plan) });
    return ratioOf(pixels, run.plan);
  });
}

function ratioOf(pixels: Pixels, plan: PlanSummary | Plan): number {
  const edges = seamEdgesOf(plan);
  if (edges === undefined) throw new Error('an image without edges');
  return seamFigures(pixels, edges).ratio;
}

/**
 * Stages whose windows all say of a cell what the one says whose middle is
 * nearest: however they are weighted then, they are put together without any
 * blending.
 */
function hardlyStitched(stages: Stages, { windows, latentShape }: Plan): Stages {
  const [channels, height, width] = latentShape;
  const owner = Int32Array.from({ length: height * width }, (_, at) => {
    const distances = windows.map(({ x, y, width: w, height: h }) => {
      const [dx, dy] = [Math.abs(x + w / 2 - 0.5 - (at % width)), Math.abs(y + h / 2 - 0.5 - Math.floor(at / width))];
      return Math.max(dx / w, dy / h);
    });
    return distances.indexOf(Math.min(...distances));
  });
  let step: Promise<readonly Tensor[]>[] = [];
  return {
    ...stages,
    async predict(call: PredictCall, signal) {
      // Windows of a step are asked for in order, and all at once.
      if (step.length === windows.length) step = [];
      const own = step;
      const index = own.push(stages.predict(call, signal)) - 1;
      while (own.length < windows.length) await Promise.resolve();
      const predictions = await Promise.all(own);
      const place = windows[index] ?? { x: 0, y: 0, width: 0, height: 0 };
      return call.conditionings.map((_, side) => {
        const data = new Float32Array(channels * place.width * place.height);
        for (let at = 0; at < data.length; at += 1) {
          const c = Math.floor(at / (place.width * place.height));
          const [x, y] = [place.x + (at % place.width), place.y + (Math.floor(at / place.width) % place.height)];
          const of = owner[y * width + x] as number;
          const window = windows[of] ?? place;
          const from = (c * window.height + (y - window.y)) * window.width + (x - window.x);
          data[at] = predictions[of]?.[side]?.data[from] as number;
        }
        return { shape: [channels, place.height, place.width], data };
      });
    },
  };
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2;
}
