import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '@tessera/client';
import { type Bus, connectNatsBus, createGenerationLog, createLogger } from '@tessera/runtime';
import { monotonicMs } from '../../support/monotonic.js';
import { type NatsCluster, startNatsCluster } from '../../support/nats-cluster.js';
import { anyNatsProgram } from '../../support/nats-server.js';
import { eventually } from '../../support/processes.js';
import { logLines } from '../../support/run-log.js';
import { createSteppedClock, type SteppedClock } from '../../support/stepped-clock.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { viewed } from '../../support/viewed.js';
import type { AcceptancePoint } from '../point.js';

const LEASE_MS = 6_000;
const TOLERANCE_MS = 1_000;
const HOUR_MS = 3_600_000;
/** Steps of a clock of which a living holder is not missed, in hours. */
const WHILE_ALIVE = [1, -1];
/** Longer than a lease would outlive its end. */
const STAYS_MS = LEASE_MS + 2 * TOLERANCE_MS;
const RENEWAL_MS = 2_000;
/** By then the observer has heard some silence. */
const STEP_AFTER_MS = 2_500;
const LOOK_EVERY_MS = 10;

export const clockStepsPoint: AcceptancePoint = {
  id: 'survival.8',
  title: 'wall clocks that jump by an hour end no lease early, and none late',
  run: async (seed) => {
    const alive = [];
    for (const whose of ['holder', 'observer'] as const) alive.push(await whileAlive(whose, seed));
    const lost = [];
    for (const hours of [0, 1, -1]) lost.push(await afterLoss(hours, seed));
    return {
      value: { alive, lost },
      limit: { moved: 0, offByMs: TOLERANCE_MS, clockSteppedBy: '1 h' },
      pass:
        alive.every(({ moved, completed }) => moved === 0 && completed) &&
        lost.every(({ offByMs, hours, seenHours, completed }) => {
          return Math.abs(offByMs) <= TOLERANCE_MS && seenHours === hours && completed;
        }),
    };
  },
};

/** The clock of one gateway jumps back and forth while the holder is there. */
async function whileAlive(whose: 'holder' | 'observer', seed: number) {
  await using bed = await startBed(whose);
  const { clock, generate, takeOvers } = bed;
  const view = await generate(seed, whose);
  for (const hours of WHILE_ALIVE) {
    clock.set(hours);
    await delay(STAYS_MS);
  }
  await view.cancel();
  return { whose, moved: await takeOvers(), completed: (await view.ended) === 'cancelled' };
}

/** The holder is killed, and the clock of the other one jumps in the middle of the silence. */
async function afterLoss(hours: number, seed: number) {
  await using bed = await startBed('observer');
  const { clock, cluster, generate, bus } = bed;
  const view = await generate(seed, `lost ${hours}`);
  const [holder, observer] = cluster.gateways;
  const killed = new AbortController();
  const lastRenewal = lastRenewalOf(bus, holder?.address ?? '', killed.signal);
  // By then a renewal was heard as it came; any phase of the next will do.
  await delay(2 * RENEWAL_MS);
  holder?.process.kill('SIGKILL');
  await delay(STEP_AFTER_MS);
  clock.set(hours);
  killed.abort();
  const lastRenewedMs = await lastRenewal;
  const movedAtMs = await view.movedAtMs();
  const tookLine = () => logLines(observer?.said() ?? '').find(({ msg }) => msg === 'took a generation over');
  await eventually(() => tookLine() !== undefined, LEASE_MS);
  const seenHours = Math.round((Date.parse(String(tookLine()?.time)) - Date.now()) / HOUR_MS);
  await view.cancel();
  const completed = (await view.ended) === 'cancelled';
  return { hours, seenHours, offByMs: Math.round(movedAtMs - lastRenewedMs - LEASE_MS), completed };
}

/** When a gateway was last heard to renew its leases here. */
async function lastRenewalOf(bus: Bus, address: string, signal: AbortSignal): Promise<number> {
  let renewedMs = -1;
  let atMs = monotonicMs();
  while (!signal.aborted) {
    const beat = bus.presence.list().find((one) => one.address === address);
    if (beat?.renewedMs !== undefined && beat.renewedMs !== renewedMs) {
      renewedMs = beat.renewedMs;
      atMs = monotonicMs();
    }
    await delay(LOOK_EVERY_MS);
  }
  return atMs;
}

interface Bed extends AsyncDisposable {
  readonly cluster: NatsCluster;
  readonly clock: SteppedClock;
  readonly bus: Bus;
  /** Begins a long generation at the first gateway; resolves once it denoises. */
  generate(seed: number, key: string): Promise<View>;
  /** Of all generations. */
  takeOvers(): Promise<number>;
}

interface View {
  /** How it ended. */
  readonly ended: Promise<string>;
  cancel(): Promise<unknown>;
  /** When another gateway's lease of it was heard of here. */
  movedAtMs(): Promise<number>;
}

/** Two gateways, the first of which holds; one of them has a clock that can be set. */
async function startBed(stepped: 'holder' | 'observer'): Promise<Bed> {
  const program = anyNatsProgram();
  if (program === undefined) throw new Error('no nats-server');
  const clock = createSteppedClock();
  const folder = temporaryFolder();
  const gatewayEnv = stepped === 'holder' ? [clock.env, {}] : [{}, clock.env];
  const cluster = await startNatsCluster(program, { gatewayEnv });
  const setup = { servers: [cluster.server.url], name: 'observer', logger: createLogger('test', 'silent') };
  const bus = await connectNatsBus({ ...setup, seenFolder: folder.path }, AbortSignal.timeout(30_000));
  const log = createGenerationLog(bus);
  const client = connect({ address: cluster.gateways.map(({ address }) => address), spread: false });
  const ids = new Set<string>();
  const fenceOf = async (id: string) => (await log.read(id))?.lease?.fence ?? 0;
  return {
    cluster,
    clock,
    bus,
    async generate(seed, key) {
      let generationId = '';
      let denoises = false;
      const request = { prompt: 'a red apple', seed, steps: 1_000, count: 4, keepForMs: 120_000, scheduler: 'ddpm' };
      const ended = viewed(client, { ...request, idempotencyKey: key }, (event) => {
        generationId = event.generationId;
        denoises ||= event.type === 'progress';
      }).then(({ events, failure }) => events.at(-1)?.type ?? failure ?? '');
      if (!(await eventually(() => denoises, 30_000))) throw new Error('it does not denoise');
      ids.add(generationId);
      const moved = (async () => {
        const record = await log.read(generationId);
        if (record === undefined) throw new Error('it has no log');
        for await (const { entry } of log.follow(record, AbortSignal.timeout(60_000))) {
          if (entry.type === 'lease') return monotonicMs();
        }
        throw new Error('it did not move');
      })();
      moved.catch(() => {});
      return { ended, cancel: () => client.cancel(generationId), movedAtMs: () => moved };
    },
    takeOvers: async () => (await Promise.all([...ids].map(fenceOf))).reduce((sum, fence) => sum + fence - 1, 0),
    async [Symbol.asyncDispose]() {
      client.close();
      await bus.close();
      await cluster[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
      clock[Symbol.dispose]();
    },
  };
}
