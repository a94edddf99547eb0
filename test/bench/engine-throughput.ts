import { setMaxListeners } from 'node:events';
import { connect, type TesseraClient } from '@tessera/client';
import { startProcessCluster } from '../support/process-cluster.js';
import { type LoggedRun, runsOf } from '../support/run-log.js';
import type { WorkerProcess } from '../support/worker-process.js';
import { EXECUTOR_NICER, startBareStage } from './bare.js';
import { bareASecond } from './bare-denoiser.js';
import { type Figure, median } from './figure.js';
import { BUILT_IN } from './overhead.js';

const IN_FLIGHT = 16;
const STEPS = 20;
const ROUNDS = 4;
const BARE_MS = 2_500;
const LOAD_MS = 7_000;
/** Until the first generations have spread over their steps. */
const SETTLE_MS = 2_500;

export interface EngineThroughput {
  readonly threads: number;
  /** Evaluations a second, served over the mean of the bare runs before and after, by round. */
  readonly ratios: readonly number[];
  readonly ratio: number;
  /** Share of the time in which the denoiser's network ran. */
  readonly busy: number;
  readonly servedASecond: number;
  readonly bareASecond: number;
  /** Evaluations of a run, on average. */
  readonly batch: number;
  readonly bareBatch: number;
  /** 99th percentile of the event loop's delay, the worst of all samples. */
  readonly lagMs: { readonly denoiser: number; readonly gateway: number };
}

/**
 * Whole generations in flight at one denoiser, and the same network's runs
 * bare in a process of their own at the batch size that the worker found best,
 * in turn, with as many threads.
 */
export async function measureThroughput(threads: number, rounds = ROUNDS): Promise<EngineThroughput> {
  const bare = await startBareStage(`${BUILT_IN.folder}/unet/model.onnx`, threads, EXECUTOR_NICER);
  await using cluster = await startProcessCluster({ logLevel: 'debug', threads });
  const [denoiser] = cluster.denoisers;
  if (denoiser === undefined) throw new Error('a cluster without a denoiser');
  const client = connect({ address: cluster.gateway.address });
  try {
    const { evaluationCosts } = await denoiser.describe();
    const bareBatch = evaluationCosts.at(-1)?.batchSize ?? 1;
    const spans: Span[] = [];
    const bares = [await bareASecond(bare, BUILT_IN, bareBatch, BARE_MS)];
    const lag = { denoiser: 0, gateway: 0 };
    for (let round = 0; round < rounds; round += 1) {
      spans.push(await loadedSpan(client, denoiser, round, lag));
      bares.push(await bareASecond(bare, BUILT_IN, bareBatch, BARE_MS));
    }
    const ratios = spans.map(({ aSecond }, i) => (2 * aSecond) / ((bares[i] ?? 0) + (bares[i + 1] ?? 0)));
    return {
      threads,
      ratios,
      ratio: median(ratios),
      busy: Math.min(...spans.map(({ busy }) => busy)),
      servedASecond: median(spans.map(({ aSecond }) => aSecond)),
      bareASecond: median(bares),
      batch: median(spans.map(({ batch }) => batch)),
      bareBatch,
      lagMs: lag,
    };
  } finally {
    client.close();
    bare.close();
  }
}

export function throughputFigures({ threads, ratio, busy, ...rest }: EngineThroughput): readonly Figure[] {
  const label = `${IN_FLIGHT} generations in flight, ${threads} thread${threads === 1 ? '' : 's'}`;
  const { servedASecond, bareASecond, batch, bareBatch, lagMs } = rest;
  return [
    {
      name: `evaluations a second / bare runs (${label})`,
      ratio,
      of: `${servedASecond.toFixed(1)} in runs of ${batch.toFixed(1)} / ${bareASecond.toFixed(1)} in runs of ${bareBatch}`,
    },
    { name: `denoiser busy / time (${label})`, ratio: busy, of: 'the least of its rounds' },
    {
      name: `event-loop lag p99 / 50 ms (${label})`,
      ratio: Math.max(lagMs.denoiser, lagMs.gateway) / 50,
      of: `denoiser ${lagMs.denoiser.toFixed(1)} ms, gateway ${lagMs.gateway.toFixed(1)} ms`,
    },
  ];
}

interface Span {
  readonly aSecond: number;
  readonly busy: number;
  readonly batch: number;
}

/** From the beginning of one run to that of another, both while all generations are in flight. */
async function loadedSpan(
  client: TesseraClient,
  denoiser: WorkerProcess,
  round: number,
  lag: { denoiser: number; gateway: number },
): Promise<Span> {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const loops = Array.from({ length: IN_FLIGHT }, async (_, i) => {
    for (let n = 0; !stop.signal.aborted; n += 1) {
      const request = { prompt: `a red apple, number ${i}`, seed: 1_000 * round + 10 * i + n, steps: STEPS };
      for await (const _event of client.generate(request, { signal: stop.signal }));
    }
  });
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const before = denoiser.said().length;
  await new Promise((resolve) => setTimeout(resolve, LOAD_MS));
  const runs = runsOf(
    denoiser
      .said()
      .slice(before)
      .replace(/^[^\n]*\n/, ''),
  );
  const { gateways, workers } = await client.status();
  lag.gateway = Math.max(lag.gateway, gateways[0]?.eventLoopLagP99Ms ?? 0);
  const ours = workers.find(({ stage }) => stage === 'denoiser');
  lag.denoiser = Math.max(lag.denoiser, ours?.load.eventLoopLagP99Ms ?? 0);
  stop.abort();
  await Promise.allSettled(loops);
  return spanOf(runs);
}

function spanOf(runs: readonly LoggedRun[]): Span {
  const [first, ...others] = runs;
  const last = others.at(-1);
  if (first === undefined || last === undefined) throw new Error('too few runs to tell');
  const spanMs = Number(last.startedAtNs - first.startedAtNs) / 1e6;
  const whole = runs.slice(0, -1);
  const evaluations = whole.flatMap((run) => [...run.evaluations.values()]).reduce((sum, count) => sum + count, 0);
  const runMs = whole.reduce((sum, run) => sum + run.runMs, 0);
  return { aSecond: (1000 * evaluations) / spanMs, busy: runMs / spanMs, batch: evaluations / whole.length };
}
