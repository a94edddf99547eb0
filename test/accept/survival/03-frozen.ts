import { connect } from '@tessera/client';
import { connectNatsBus, createGenerationLog, createLogger } from '@tessera/runtime';
import { type DurableCluster, startDurableCluster } from '../../support/durable-cluster.js';
import { eventually } from '../../support/processes.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { viewed } from '../../support/viewed.js';
import type { AcceptancePoint } from '../point.js';

const LEASE_MS = 6_000;
/** Three beats. */
const LOST_AFTER_MS = 1_500;
const BEAT_MS = 500;
const HUNG_FORECASTS = 20;
/** A tenth of the time. */
const SLOW = { runsMs: 50, standsMs: 450 };
const SLOW_FOR_MS = 20_000;

export const frozenPoint: AcceptancePoint = {
  id: 'survival.3',
  title: 'a frozen gateway says nothing more in its generation; a frozen denoiser is left; a slow one is not',
  run: async (seed) => {
    await using durable = await startDurableCluster(['--denoisers', '2']);
    const gateway = await frozenGateway(durable, seed);
    console.error(JSON.stringify(gateway));
    await durable.whole();
    const denoiser = await frozenDenoiser(durable, seed);
    console.error(JSON.stringify(denoiser));
    await durable.whole();
    const slow = await slowDenoiser(durable, seed);
    const leftWithinMs = Math.max(HUNG_FORECASTS * denoiser.forecastMs, LOST_AFTER_MS + BEAT_MS);
    return {
      value: { gateway, denoiser, slow },
      limit: { entriesOfTheOldHolder: 0, leftWithinMs, falseAlarms: 0 },
      pass:
        gateway.entriesOfTheOldHolder === 0 &&
        gateway.leases === 2 &&
        gateway.equal &&
        denoiser.leftAfterMs <= leftWithinMs &&
        slow.falseAlarms.length === 0 &&
        slow.failure === undefined,
    };
  },
};

async function frozenGateway({ cluster, client }: DurableCluster, seed: number) {
  using folder = temporaryFolder();
  const stop = new AbortController();
  const logger = createLogger('test', 'silent');
  const setup = { servers: [cluster.nats?.url ?? ''], name: 'observer', logger, seenFolder: folder.path };
  const bus = await connectNatsBus(setup, stop.signal);
  try {
    const log = createGenerationLog(bus);
    const request = { prompt: 'a red apple', seed, steps: 300, scheduler: 'ddpm', keepForMs: 120_000 };
    const expected = (await viewed(client, request)).hashes;
    const [holder] = cluster.gateways;
    if (holder === undefined) throw new Error('there is no gateway');
    const first = connect({ address: [holder.address, ...cluster.addresses.slice(1)], spread: false });
    let generationId = '';
    const view = viewed(first, { ...request, idempotencyKey: `frozen ${seed}` }, (event) => {
      generationId = event.generationId;
      if (event.type === 'progress' && event.stepIndex === 100) process.kill(holder.pid, 'SIGSTOP');
    });
    const isMoved = async () => generationId !== '' && ((await log.read(generationId))?.lease?.fence ?? 0) > 1;
    const moved = await eventually(isMoved, 4 * LEASE_MS);
    process.kill(holder.pid, 'SIGCONT');
    const record = await log.read(generationId);
    if (!moved || record === undefined) throw new Error('the generation did not move');
    const { events, hashes, failure } = await view;
    first.close();
    // From the lease of the new holder on, every entry is of its fence.
    const names: string[] = [];
    let leases = 1;
    const stored = await bus.logs.read(generationId);
    for (const { entry } of stored) {
      const { type, object } = JSON.parse(Buffer.from(entry).toString('utf8'));
      if (type === 'lease') leases += 1;
      if (type === 'checkpoint' && leases > 1) names.push(object);
    }
    return {
      leases,
      entriesOfTheOldHolder: names.filter((name) => name.startsWith(`${generationId}/1/`)).length,
      checkpointsOfTheNew: names.length,
      equal: hashes === expected,
      endings: events.filter(({ type }) => type === 'completed').length,
      failure,
    };
  } finally {
    stop.abort();
    await bus.close();
  }
}

async function frozenDenoiser({ client, pids }: DurableCluster, seed: number) {
  const pid = (await pids()).get('denoiser-1');
  if (pid === undefined) throw new Error('there is no denoiser-1');
  // A step of a generation that is alone is one run.
  const { stepMs: forecastMs } = await viewed(client, { prompt: 'a red apple', seed, steps: 50 });
  let frozenAtMs: number | undefined;
  // Enough at once that the denoiser has some of their calls when it stops.
  const requests = [0, 1, 2, 3].map((i) => ({ prompt: 'a red apple', seed: seed + i, steps: 200 }));
  const views = requests.map((request) =>
    viewed(client, request, (event) => {
      if (event.type !== 'progress') return;
      if (event.stepIndex === 60 && frozenAtMs === undefined) {
        frozenAtMs = performance.now();
        process.kill(pid, 'SIGSTOP');
      }
    }),
  );
  const seen = await Promise.all(views);
  process.kill(pid, 'SIGCONT');
  return {
    leftAfterMs: Math.round(Math.max(...seen.map(({ longestGapMs }) => longestGapMs))),
    forecastMs: Math.round(forecastMs),
    failures: seen.flatMap(({ failure }) => failure ?? []),
  };
}

async function slowDenoiser({ client, pids }: DurableCluster, seed: number) {
  const pid = (await pids()).get('denoiser-1');
  if (pid === undefined) throw new Error('there is no denoiser-1');
  const falseAlarms: string[] = [];
  let ended = false;
  const slowDown = async () => {
    while (!ended) {
      process.kill(pid, 'SIGSTOP');
      await new Promise((resolve) => setTimeout(resolve, SLOW.standsMs));
      process.kill(pid, 'SIGCONT');
      await new Promise((resolve) => setTimeout(resolve, SLOW.runsMs));
    }
  };
  const watchStates = async () => {
    while (!ended) {
      const { workers } = await client.status();
      const state = workers.find(({ id }) => id === 'denoiser-1')?.state;
      if (state !== 'ready') falseAlarms.push(String(state));
      await new Promise((resolve) => setTimeout(resolve, BEAT_MS));
    }
  };
  const slowed = Promise.all([slowDown(), watchStates()]);
  const endsAtMs = performance.now() + SLOW_FOR_MS;
  let failure: string | undefined;
  let generations = 0;
  while (performance.now() < endsAtMs && failure === undefined) {
    const seen = await Promise.all([0, 1, 2, 3].map((i) => viewed(client, { prompt: 'a', seed: seed + i, steps: 20 })));
    failure = seen.map((view) => view.failure).find((one) => one !== undefined);
    generations += seen.length;
  }
  ended = true;
  await slowed;
  return { generations, falseAlarms, failure };
}
