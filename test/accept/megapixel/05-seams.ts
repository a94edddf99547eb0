import { isDeepStrictEqual } from 'node:util';
import { connect, type TesseraClient } from '@tessera/client';
import {
  cutWindow,
  gatherPixels,
  type ModelCard,
  type Pixels,
  type Plan,
  type PlanSummary,
  SEAM_ALARM,
  type SeamEdges,
  type SeamFigures,
  seamEdgesOf,
  seamFigures,
  type Tensor,
  windowsOfStep,
} from '@tessera/core';
import { startCluster } from '../../support/cluster.js';
import { decodeImage } from '../../support/differences.js';
import { seededRandom } from '../../support/seeded-random.js';
import { WorkerStages } from '../../support/worker-stages.js';
import type { AcceptancePoint } from '../point.js';
import { cardOf } from './card-of.js';
import { canvasNoise, plainLatent } from './plain-latent.js';

/** Single things, faces, many colours, even and coloured backgrounds: what the built-in model draws. */
const PROMPTS = [
  'a red apple',
  'grinning face in noto style',
  'rocket on a sky blue background',
  'a bouquet of flowers',
  'dog face on a green background',
];
const SIZE = { width: 512, height: 512 };
const SEEDS = 20;
const STITCHED_SEEDS = PROMPTS.length;
const MEDIAN_LIMIT = 1.05;

export const seamsPoint: AcceptancePoint = {
  id: 'megapixel.5',
  title: 'at 512² the median seam ratio of 20 seeds is at most 1.05, and a hard stitch of the same windows alarms',
  run: async (seed) => {
    const requests = requestsOf(seed);
    await using cluster = await startCluster();
    const client = connect({ address: cluster.address });
    try {
      const blended: Measured[] = [];
      const composed: Measured[] = [];
      for (const request of requests) {
        blended.push(await measuredImage(client, request));
        composed.push(await measuredImage(client, { ...request, compose: {} }));
      }
      await using stages = new WorkerStages(cluster.workers.map(({ address }) => address));
      const card = await cardOf(cluster);
      const stitched: number[] = [];
      for (const request of requests.slice(0, STITCHED_SEEDS)) {
        stitched.push((await figuresOfStitch(stages, card, request)).ratio);
      }
      const ratios = blended.map(({ figures }) => figures.ratio);
      const told = blended.filter(({ figures, receipt }) => isDeepStrictEqual({ ...receipt }, figures)).length;
      const median = medianOf(ratios);
      return {
        value: {
          ...{ seeds: requests.map((request) => request.seed), ratios: ratios.map(rounded), median },
          secondDifference: medianOf(blended.map(({ figures }) => figures.secondDifference)),
          toneStep: medianOf(blended.map(({ figures }) => figures.toneStep)),
          everyStep: medianOf(blended.map(({ everyStep }) => everyStep)),
          elsewhere: medianOf(blended.map(({ elsewhere }) => elsewhere)),
          zScore: medianOf(blended.map(({ figures }) => figures.zScore)),
          composed: medianOf(composed.map(({ figures }) => figures.ratio)),
          ...{ stitched: stitched.map(rounded), inReceipts: told },
        },
        limit: { median: MEDIAN_LIMIT, stitched: `> ${SEAM_ALARM}`, inReceipts: SEEDS },
        pass:
          ratios.length === SEEDS &&
          median <= MEDIAN_LIMIT &&
          stitched.every((ratio) => ratio > SEAM_ALARM) &&
          told === SEEDS,
      };
    } finally {
      client.close();
    }
  },
};

export interface SeamRequest {
  readonly prompt: string;
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  readonly compose?: object;
}

/** Seeds of mulberry32 from the point's own, one prompt after the other. */
export function requestsOf(seed: number): readonly SeamRequest[] {
  const random = seededRandom(seed);
  return Array.from({ length: SEEDS }, (_, i) => ({
    ...SIZE,
    prompt: PROMPTS[i % PROMPTS.length] as string,
    seed: Math.floor(random() * 2 ** 32),
  }));
}

export interface Measured {
  /** Of the delivered image's pixels, at the edges of the windows where they rest. */
  readonly figures: SeamFigures;
  /** The mean of the ratio over the steps, each at the edges of its own windows. */
  readonly everyStep: number;
  /** The ratio at as many lines on which nothing rests: each two cells after an edge. */
  readonly elsewhere: number;
  /** What its receipt says. */
  readonly receipt: SeamFigures | undefined;
}

export async function measuredImage(client: TesseraClient, request: SeamRequest): Promise<Measured> {
  let plan: PlanSummary | undefined;
  for await (const event of client.generate(request)) {
    if (event.type === 'accepted') plan = event.plan;
    const [completed] = event.type === 'completed' ? event.images : [];
    if (completed === undefined || plan === undefined) continue;
    const image = await decodeImage(await client.imageBytes(event.generationId, completed.image));
    const edges = edgesOf(plan);
    return {
      figures: seamFigures(image, edges),
      everyStep: ratioOfEveryStep(image, plan),
      elsewhere: seamFigures(image, movedEdges(edges)).ratio,
      receipt: completed.receipt.seams,
    };
  }
  throw new Error(`seed ${request.seed} did not complete`);
}

function movedEdges({ x, y, period }: SeamEdges): SeamEdges {
  const moved = (lines: readonly number[]) => lines.map((line) => line + 2 * period);
  return { x: moved(x), y: moved(y), period };
}

function ratioOfEveryStep(image: Pixels, plan: PlanSummary): number {
  const ratios = plan.timesteps.map((_, stepIndex) => {
    return seamFigures(image, edgesOf({ ...plan, windows: windowsOfStep(plan, stepIndex) })).ratio;
  });
  return ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
}

/** Of windows that never saw each other, each laid over those before it: a seam wherever one begins. */
export function figuresOfStitch(stages: WorkerStages, card: ModelCard, request: SeamRequest): Promise<SeamFigures> {
  return stages.run(request, card, async (run) => {
    const { plan, signal } = run;
    const noise = canvasNoise(plan)(0);
    const latents = plan.windows.map((window) => plainLatent(run, () => cutWindow(noise, window)));
    const pixels = await gatherPixels(run.stages.decode(laidOver(await Promise.all(latents), plan), signal), plan);
    return seamFigures(pixels, edgesOf(plan));
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

function rounded(ratio: number): number {
  return Number(ratio.toFixed(3));
}
