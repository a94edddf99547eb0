import { setMaxListeners } from 'node:events';
import { connect, type TesseraClient } from '@tessera/client';
import { type Cluster, startCluster } from '../support/cluster.js';
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver.js';
import { scrape } from '../support/scrape.js';
import { type Figure, median } from './figure.js';

const IN_FLIGHT = 8;
const STEPS = 20;
const ROUNDS = 6;
const ROUND_MS = 10_000;
/** Until the first generations have spread over their steps. */
const SETTLE_MS = 2_000;
/** More often than any Prometheus. */
const SCRAPE_EVERY_MS = 2_000;

export interface TelemetryOverhead {
  /** Steps a second with metrics, scrapes and traces over those without, by round. */
  readonly ratios: readonly number[];
  readonly ratio: number;
  readonly onASecond: number;
  readonly offASecond: number;
  /** That came to the collector. */
  readonly spans: number;
}

/**
 * The same load on two clusters in turn: one that tells nothing, and one whose
 * processes all serve metrics, are scraped, and send every trace. The collector
 * runs in this process, on the same cores: what it costs counts too.
 */
export async function measureTelemetry(): Promise<TelemetryOverhead> {
  await using receiver = await startOtlpReceiver();
  const flags = ['--log-level', 'warn', '--threads', '1'];
  await using off = await startCluster([...flags, '--metrics-listen', 'off']);
  await using on = await startCluster([...flags, '--metrics-listen', '127.0.0.1:0'], receiver.environment);
  const rounds: { readonly offASecond: number; readonly onASecond: number }[] = [];
  // The first round warms both up.
  for (let round = 0; round <= ROUNDS; round += 1) {
    // Which goes first changes, so that what drifts meets both.
    const order = round % 2 === 0 ? [off, on] : [on, off];
    const seen = new Map<Cluster, number>();
    for (const cluster of order) seen.set(cluster, await stepsASecond(cluster, round));
    if (round > 0) rounds.push({ offASecond: seen.get(off) ?? Number.NaN, onASecond: seen.get(on) ?? Number.NaN });
  }
  return overheadOf(rounds, receiver);
}

function overheadOf(
  rounds: readonly { readonly offASecond: number; readonly onASecond: number }[],
  { spans }: OtlpReceiver,
): TelemetryOverhead {
  const ratios = rounds.map(({ onASecond, offASecond }) => onASecond / offASecond);
  return {
    ratios,
    ratio: median(ratios),
    onASecond: median(rounds.map(({ onASecond }) => onASecond)),
    offASecond: median(rounds.map(({ offASecond }) => offASecond)),
    spans: spans.length,
  };
}

export function telemetryFigure({ ratio, onASecond, offASecond }: TelemetryOverhead): Figure {
  return {
    name: `steps a second with telemetry / without (${IN_FLIGHT} in flight)`,
    ratio,
    of: `${onASecond.toFixed(1)} / ${offASecond.toFixed(1)}`,
  };
}

async function stepsASecond(cluster: Cluster, round: number): Promise<number> {
  const client = connect({ address: cluster.address });
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const scrapes = setInterval(() => {
    for (const address of Object.values(cluster.metrics)) void scrape(address).catch(() => {});
  }, SCRAPE_EVERY_MS);
  let steps = 0;
  const loops = Array.from({ length: IN_FLIGHT }, (_, i) =>
    generations(client, 1_000 * round + 100 * i, stop.signal, (count) => {
      steps += count;
    }),
  );
  try {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const before = steps;
    const beganMs = performance.now();
    await new Promise((resolve) => setTimeout(resolve, ROUND_MS));
    return (1000 * (steps - before)) / (performance.now() - beganMs);
  } finally {
    clearInterval(scrapes);
    stop.abort();
    await Promise.allSettled(loops);
    client.close();
  }
}

async function generations(
  client: TesseraClient,
  seed: number,
  signal: AbortSignal,
  onSteps: (count: number) => void,
): Promise<void> {
  for (let n = 0; !signal.aborted; n += 1) {
    const request = { prompt: 'a red apple', seed: seed + n, steps: STEPS, preview: { everySteps: 1 } };
    let last = -1;
    for await (const event of client.generate(request, { signal })) {
      if (event.type !== 'progress') continue;
      // The newest wins: one may stand for several.
      onSteps(event.stepIndex - last);
      last = event.stepIndex;
    }
  }
}
