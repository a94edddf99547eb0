import { connect, type TesseraClient } from '@tessera/client';
import type { GenerationEvent } from '@tessera/core';
import type { GenerationRequestInput } from '@tessera/proto';
import { type GatewayProcess, startGateway } from '../support/gateway-process.js';
import { startProcessCluster } from '../support/process-cluster.js';
import { bytesMoved, cpuMs } from '../support/process-counters.js';
import type { WorkerProcess } from '../support/worker-process.js';
import { type BareStage, EXECUTOR_NICER, startBareStage } from './bare.js';
import { bareASecond } from './bare-denoiser.js';
import { type Figure, median } from './figure.js';
import { BUILT_IN } from './overhead.js';

/** Windows of 16 × 16 cells, on as much area as 64 images of native size. */
const TILED = { prompt: 'a red apple', width: 1024, height: 1024, steps: 2 };
/**
 * As many steps of native-size images as that area has, of few images: those that
 * have ended are decoded beside the steps of the others, which a tiled one has not.
 */
const PLAIN = { prompt: 'a red apple', count: 4, steps: 32 };
const CANVAS_CELLS = 128 * 128;
/** Of 25 s each; a machine that others use too is a tenth faster or slower from one to the next. */
const ROUNDS = 7;
const BARE_MS = 1_500;

export interface MegapixelFigures {
  /** Time with one denoiser over time with two. */
  readonly gain: number;
  /** Evaluations a second of two bare processes over one's. */
  readonly bareGain: number;
  /** Gain over bare gain, by round. */
  readonly ratios: readonly number[];
  /** Between gateway and denoiser, both ways. */
  readonly bytesPerStep: number;
  /** Of the windows sent once and predicted twice, as float32. */
  readonly windowBytesPerStep: number;
  readonly stepMs: number;
  /** That the gateway's threads ran. */
  readonly gatewayMsPerStep: number;
  /** Time of a tiled image over that of plain ones of the same area. */
  readonly tiledCost: number;
  /** The same, by round. */
  readonly tiledCosts: readonly number[];
  /** Of one step, as the plan counts its evaluations. */
  readonly windows: number;
  /** Cells of the windows over cells of the canvas. */
  readonly overlapCost: number;
}

/**
 * One tiled image on one denoiser, on two, plain images of the same area, and
 * bare runs in one and two processes, in turn. Each denoiser and bare process
 * has one thread.
 */
export async function measureMegapixel(): Promise<MegapixelFigures> {
  const bares = await Promise.all(
    [0, 1].map(() => startBareStage(`${BUILT_IN.folder}/unet/model.onnx`, 1, EXECUTOR_NICER)),
  );
  // Two gateways over the same workers, so that nothing runs beside the measured that does not belong to it.
  await using two = await startProcessCluster({ denoisers: 2 });
  await using one = await startGateway({ ...two.workers, denoisers: two.workers.denoisers.slice(0, 1) });
  await one.ready;
  const [ofOne, ofTwo] = [one, two.gateway].map(({ address }) => connect({ address })) as [
    TesseraClient,
    TesseraClient,
  ];
  try {
    const { evaluationCosts } = (await two.denoisers[0]?.describe()) ?? {};
    const batch = evaluationCosts?.at(-1)?.batchSize ?? 1;
    const rounds: Round[] = [];
    // The first round warms everything up.
    for (let round = 0; round <= ROUNDS; round += 1) {
      const seed = 1_000 + round;
      const alone = await tiledOn(one, two.denoisers[0], ofOne, seed);
      const pairMs = await denoiseMs(ofTwo, { ...TILED, seed });
      const plainMs = await denoiseMs(ofOne, { ...PLAIN, seed });
      const bareGain = await bareGainOf(bares, batch);
      if (round > 0) rounds.push({ ...alone, pairMs, plainMs, bareGain });
    }
    return figuresOf(rounds);
  } finally {
    for (const client of [ofOne, ofTwo]) client.close();
    for (const bare of bares) bare.close();
  }
}

interface Round {
  readonly tiledMs: number;
  readonly windows: number;
  /** A step. */
  readonly bytes: number;
  readonly gatewayMs: number;
  readonly pairMs: number;
  readonly plainMs: number;
  readonly bareGain: number;
}

async function tiledOn(
  gateway: GatewayProcess,
  denoiser: WorkerProcess | undefined,
  client: TesseraClient,
  seed: number,
) {
  const [gatewayPid, denoiserPid] = [gateway.process.pid ?? 0, denoiser?.process.pid ?? 0];
  const counters: { cpuMs: number; bytes: number }[] = [];
  // From one step's end to another's: what comes before and after the steps is not theirs.
  const count = () => counters.push({ cpuMs: cpuMs(gatewayPid), bytes: bytesMoved(denoiserPid) });
  let evaluations = 0;
  const tiledMs = await denoiseMs(client, { ...TILED, seed }, (event) => {
    if (event.type === 'progress') count();
    if (event.type === 'accepted') evaluations = event.plan.evaluations;
  });
  const [first, last] = [counters[0], counters.at(-1)];
  if (first === undefined || last === undefined) throw new Error('a generation without steps');
  const steps = counters.length - 1;
  const windows = evaluations / TILED.steps / 2;
  return { tiledMs, windows, bytes: (last.bytes - first.bytes) / steps, gatewayMs: (last.cpuMs - first.cpuMs) / steps };
}

/** The time that a generation's receipt gives to its steps; of several images the longest. */
async function denoiseMs(
  client: TesseraClient,
  request: GenerationRequestInput,
  heard: (event: GenerationEvent) => void = () => {},
): Promise<number> {
  for await (const event of client.generate(request)) {
    if (event.type === 'failed') throw new Error(event.message);
    heard(event);
    if (event.type !== 'completed') continue;
    const times = event.images.map(({ receipt }) => receipt.timings.find(({ stage }) => stage === 'denoise')?.ms ?? 0);
    return Math.max(...times);
  }
  throw new Error('a generation did not complete');
}

async function bareGainOf([first, second]: readonly BareStage[], batch: number): Promise<number> {
  if (first === undefined || second === undefined) throw new RangeError('two bare processes are needed');
  const aSecond = (bare: BareStage) => bareASecond(bare, BUILT_IN, batch, BARE_MS);
  const alone = await aSecond(first);
  const together = await Promise.all([aSecond(first), aSecond(second)]);
  return (together[0] + together[1]) / alone;
}

function figuresOf(rounds: readonly Round[]): MegapixelFigures {
  const { steps } = TILED;
  const tiledCosts = rounds.map(({ tiledMs, plainMs }) => tiledMs / plainMs);
  const windows = rounds[0]?.windows ?? 0;
  const windowBytes = 4 * BUILT_IN.latent.reduce((product, extent) => product * extent, 1);
  const [, height, width] = BUILT_IN.latent;
  return {
    gain: median(rounds.map(({ tiledMs, pairMs }) => tiledMs / pairMs)),
    bareGain: median(rounds.map(({ bareGain }) => bareGain)),
    ratios: rounds.map(({ tiledMs, pairMs, bareGain }) => tiledMs / pairMs / bareGain),
    bytesPerStep: median(rounds.map(({ bytes }) => bytes)),
    windowBytesPerStep: 3 * windows * windowBytes,
    stepMs: median(rounds.map(({ tiledMs }) => tiledMs)) / steps,
    gatewayMsPerStep: median(rounds.map(({ gatewayMs }) => gatewayMs)),
    tiledCost: median(tiledCosts),
    tiledCosts,
    windows,
    overlapCost: (windows * height * width) / CANVAS_CELLS,
  };
}

export function megapixelFigures(measured: MegapixelFigures): readonly Figure[] {
  const { gain, bareGain, ratios, bytesPerStep, windowBytesPerStep, stepMs, gatewayMsPerStep } = measured;
  const { tiledCost, overlapCost } = measured;
  const kib = (bytes: number) => `${(bytes / 1024).toFixed(0)} KiB`;
  return [
    {
      name: 'gain of a second denoiser / of a second bare process',
      ratio: median(ratios),
      of: `${gain.toFixed(2)} / ${bareGain.toFixed(2)}, one tiled image, one thread each`,
    },
    {
      name: 'bytes a step / windows as float32',
      ratio: bytesPerStep / windowBytesPerStep,
      of: `${kib(bytesPerStep)} / ${kib(windowBytesPerStep)}, ${measured.windows} windows out, two predictions back`,
    },
    {
      name: "gateway's time / step (tiled, one denoiser)",
      ratio: gatewayMsPerStep / stepMs,
      of: `${gatewayMsPerStep.toFixed(1)} ms / ${stepMs.toFixed(0)} ms`,
    },
    {
      name: 'tiled cost over plain / overlap',
      ratio: tiledCost / overlapCost,
      of: `${tiledCost.toFixed(3)} / ${overlapCost.toFixed(3)}, 1024² against images of native size`,
    },
  ];
}
