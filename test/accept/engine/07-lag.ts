import { setMaxListeners } from 'node:events';
import { connect, type TesseraClient } from '@tessera/client';
import { callStream, tesseraV1 } from '@tessera/proto';
import { healthClient } from '../../support/health-client.js';
import { type LargeModel, largeModel } from '../../support/large-model.js';
import { startProcessCluster } from '../../support/process-cluster.js';
import { startWorker } from '../../support/worker-process.js';
import type { AcceptancePoint } from '../point.js';

const LAG_LIMIT_MS = 50;
const MODEL_BYTES = 1e9;
const LOADS = 2;
const IN_FLIGHT = 6;
const PROBE_EVERY_MS = 100;
/** Lag is told of the last seconds: its window must lie within the load. */
const FULL_WINDOW_MS = 2_500;

type Lags = Record<string, number>;

export const lagPoint: AcceptancePoint = {
  id: 'engine.7',
  title: 'event loops stay free, and health answers, while UNet, decoder and the load of a 1 GB model run',
  run: async () => {
    await using model = await largeModel(MODEL_BYTES);
    await using cluster = await startProcessCluster();
    const client = connect({ address: cluster.gateway.address });
    const stop = new AbortController();
    setMaxListeners(0, stop.signal);
    const load = keepBusy(client, stop.signal);
    try {
      await new Promise((resolve) => setTimeout(resolve, FULL_WINDOW_MS));
      const lags: Lags = {};
      const busy = { denoiser: 0, decoder: 0 };
      const watching = watchCluster(client, lags, busy, stop.signal);
      const probes: Probe[] = [];
      for (let i = 0; i < LOADS; i += 1) probes.push(await probeLoad(model, lags));
      stop.abort();
      await Promise.all([load, watching]);
      const worst = Math.max(...Object.values(lags));
      const livenessFailures = probes.reduce((sum, { failures }) => sum + failures, 0);
      return {
        value: {
          lagP99Ms: lags,
          busy,
          loadedBytes: model.bytes,
          loadMs: probes.map(({ ms }) => Math.round(ms)),
          healthMs: Math.max(...probes.map(({ slowestMs }) => slowestMs)),
          livenessFailures,
        },
        limit: { lagP99Ms: LAG_LIMIT_MS, livenessFailures: 0 },
        pass: worst <= LAG_LIMIT_MS && livenessFailures === 0 && busy.denoiser > 0 && busy.decoder > 0,
      };
    } finally {
      stop.abort();
      client.close();
    }
  },
};

/** Generations with few steps, so that the decoder has its part, and a preview of each. */
async function keepBusy(client: TesseraClient, signal: AbortSignal): Promise<void> {
  const loops = Array.from({ length: IN_FLIGHT }, async (_, i) => {
    for (let n = 0; !signal.aborted; n += 1) {
      const request = { prompt: `number ${i}`, seed: 100 * i + n, steps: 4, preview: { everySteps: 1, decoded: true } };
      for await (const _event of client.generate(request, { signal }));
    }
  });
  await Promise.allSettled(loops);
}

/** Keeps the worst of what the gateway tells of itself and its workers. */
async function watchCluster(client: TesseraClient, lags: Lags, busy: Lags, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { gateways, workers } = await client.status();
    for (const { eventLoopLagP99Ms } of gateways) keepWorst(lags, 'gateway', eventLoopLagP99Ms);
    for (const { stage, load } of workers) {
      keepWorst(lags, stage, load.eventLoopLagP99Ms);
      if (stage in busy) keepWorst(busy, stage, load.busy);
    }
    await new Promise((resolve) => setTimeout(resolve, 5 * PROBE_EVERY_MS));
  }
}

interface Probe {
  readonly ms: number;
  /** Times at which the loading process was not told alive. */
  readonly failures: number;
  readonly slowestMs: number;
}

/** Loads the model in a worker of its own and asks it all the while whether it is alive. */
async function probeLoad({ folder }: LargeModel, lags: Lags): Promise<Probe> {
  const begunMs = performance.now();
  await using worker = await startWorker('denoiser', { model: folder });
  const health = healthClient(worker.address);
  let [failures, slowestMs, loaded] = [0, 0, false];
  const probing = (async () => {
    while (!loaded) {
      const askedMs = performance.now();
      const status = await health.check('').catch(() => 'UNREACHABLE');
      slowestMs = Math.max(slowestMs, performance.now() - askedMs);
      if (status !== 'SERVING') failures += 1;
      await new Promise((resolve) => setTimeout(resolve, PROBE_EVERY_MS));
    }
  })();
  for await (const { state, load } of callStream(worker.channel.client(tesseraV1.WorkerService).watch({}))) {
    keepWorst(lags, 'loading', load?.eventLoopLagP99Ms ?? 0);
    if (state === 'WORKER_STATE_READY') break;
  }
  loaded = true;
  await probing;
  health.close();
  return { ms: performance.now() - begunMs, failures, slowestMs };
}

function keepWorst(lags: Lags, name: string, ms: number): void {
  lags[name] = Math.max(lags[name] ?? 0, ms);
}
