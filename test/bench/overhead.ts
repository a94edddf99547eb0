import { join } from 'node:path';
import { connect, type TesseraClient } from '@tessera/client';
import { startCluster } from '../support/cluster.js';
import { repoRoot } from '../support/paths.js';
import { type BareStage, EXECUTOR_NICER, startBareStage } from './bare.js';
import { denoiserFeeds } from './bare-denoiser.js';
import { type Figure, median } from './figure.js';

/** A model's graphs and the shapes that one generation feeds them. */
export interface MeasuredModel {
  readonly name: string;
  readonly folder: string;
  readonly latent: readonly [channels: number, height: number, width: number];
  readonly context: readonly [tokens: number, width: number];
  readonly tokenIdsType: 'int32' | 'int64';
}

export const BUILT_IN: MeasuredModel = {
  name: 'emoji',
  folder: join(repoRoot, 'models/emoji'),
  latent: [4, 16, 16],
  context: [32, 384],
  tokenIdsType: 'int64',
};

const STEPS = 20;
/** Time for rounds of one model, and their bounds: many of a short one, whose ratio needs them. */
const MEASURE_MS = 40_000;
const ROUNDS = { least: 5, most: 20 };

export interface Overhead {
  readonly wholeMs: number;
  readonly bareMs: number;
  readonly stepMs: number;
  readonly firstPreviewMs: number;
}

/**
 * Whole generations (guidance on, a preview each step, a fresh prompt) and the
 * same network runs bare, in turn, with as many processes and threads.
 */
export async function measureOverhead(model: MeasuredModel, threads: number): Promise<Overhead> {
  const bareStage = (graph: string) => startBareStage(join(model.folder, graph), threads, EXECUTOR_NICER);
  const textEncoder = await bareStage('text_encoder/model.onnx');
  const denoiser = await bareStage('unet/model.onnx');
  const decoder = await bareStage('vae_decoder/model.onnx');
  await using cluster = await startCluster(['--threads', String(threads), '--model', model.folder]);
  const client = connect({ address: cluster.address });
  try {
    const whole: Whole[] = [];
    const bare: Bare[] = [];
    // The first round warms both sides up.
    const endMs = performance.now() + MEASURE_MS;
    for (let round = 0; round <= ROUNDS.least || (round <= ROUNDS.most && performance.now() < endMs); round += 1) {
      const generation = await wholeGeneration(client, round);
      const runs = await bareRuns(model, textEncoder, denoiser, decoder);
      if (round > 0) {
        whole.push(generation);
        bare.push(runs);
      }
    }
    return {
      wholeMs: median(whole.map(({ totalMs }) => totalMs)),
      firstPreviewMs: median(whole.map(({ firstPreviewMs }) => firstPreviewMs)),
      bareMs: median(bare.map(({ totalMs }) => totalMs)),
      stepMs: median(bare.map(({ stepMs }) => stepMs)),
    };
  } finally {
    client.close();
    for (const stage of [textEncoder, denoiser, decoder]) stage.close();
  }
}

interface Whole {
  readonly totalMs: number;
  readonly firstPreviewMs: number;
}

async function wholeGeneration(client: TesseraClient, round: number): Promise<Whole> {
  const begin = performance.now();
  let firstPreviewMs = Number.NaN;
  // A prompt not seen before: the bare side encodes one text too. The empty one is always cached.
  const request = { prompt: `a red apple, number ${round}`, seed: round, steps: STEPS, preview: { everySteps: 1 } };
  for await (const event of client.generate(request)) {
    if (event.type === 'preview' && Number.isNaN(firstPreviewMs)) firstPreviewMs = performance.now() - begin;
  }
  return { totalMs: performance.now() - begin, firstPreviewMs };
}

interface Bare {
  readonly totalMs: number;
  readonly stepMs: number;
}

async function bareRuns(model: MeasuredModel, text: BareStage, denoiser: BareStage, decoder: BareStage): Promise<Bare> {
  const [tokens] = model.context;
  const textMs = await text.run({
    runs: 1,
    feeds: { input_ids: { type: model.tokenIdsType, shape: [1, tokens], fill: 101 } },
  });
  const stepsMs = await denoiser.run({ runs: STEPS, feeds: denoiserFeeds(model, 2) });
  const decodeMs = await decoder.run({
    runs: 1,
    feeds: { latent_sample: { type: 'float32', shape: [1, ...model.latent], fill: 0.3 } },
  });
  return { totalMs: textMs + stepsMs + decodeMs, stepMs: stepsMs / STEPS };
}

export function overheadFigures(name: string, threads: number, overhead: Overhead): readonly Figure[] {
  const { wholeMs, bareMs, stepMs, firstPreviewMs } = overhead;
  const label = `${name}, ${threads} thread${threads === 1 ? '' : 's'}`;
  return [
    {
      name: `whole generation / bare runs (${label})`,
      ratio: wholeMs / bareMs,
      of: `${wholeMs.toFixed(0)} ms / ${bareMs.toFixed(0)} ms, ${STEPS} steps`,
    },
    {
      name: `first preview / one step (${label})`,
      ratio: firstPreviewMs / stepMs,
      of: `${firstPreviewMs.toFixed(1)} ms / ${stepMs.toFixed(1)} ms`,
    },
  ];
}
