import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@tessera/client';
import { anyNatsProgram, NatsServer } from './nats-server.js';
import { repoRoot } from './paths.js';
import { eventually } from './processes.js';
import { ReplaceableProcess } from './replaceable-process.js';
import { seededRandom } from './seeded-random.js';
import { viewed } from './viewed.js';

export interface Upgrade {
  /** In the order in which they were replaced. */
  readonly replaced: readonly string[];
  readonly exitCodes: readonly (number | null)[];
  readonly generations: number;
  /** Those that ran while something was replaced. */
  readonly during: number;
  /** What became of those that did not complete. */
  readonly lost: readonly string[];
}

const STAGES = ['text-encoder', 'denoiser', 'denoiser', 'decoder'] as const;
const GATEWAYS = 2;
const VIEWERS = 3;
const STEPS = 12;
const READY_WITHIN_MS = 60_000;
/** Generations that each build makes between replacements. */
const BETWEEN = 2;

/**
 * A cluster of one build becomes a cluster of another: every process in turn
 * ends by SIGTERM and is started anew, in an order by the seed, while clients
 * make one generation after another.
 */
export async function upgradeUnderLoad(from: string, to: string, seed: number): Promise<Upgrade> {
  const program = anyNatsProgram();
  if (program === undefined) throw new Error('no nats-server');
  const home = await mkdtemp(join(tmpdir(), 'tessera-upgrade-'));
  await using nats = await NatsServer.start(program);
  const started: ReplaceableProcess[] = [];
  const start = async (process: ReplaceableProcess) => {
    started.push(process);
    await process.start(from);
    return process;
  };
  try {
    return await upgrade(start, nats.url, home, to, seed);
  } finally {
    for (const process of started.reverse()) await process[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  }
}

async function upgrade(
  start: (process: ReplaceableProcess) => Promise<ReplaceableProcess>,
  natsUrl: string,
  home: string,
  to: string,
  seed: number,
): Promise<Upgrade> {
  const env = { TESSERA_METRICS_LISTEN: 'off' };
  const model = ['--model', join(repoRoot, 'models/emoji'), '--device', 'cpu', '--threads', '1', '--home', home];
  const workers: ReplaceableProcess[] = [];
  for (const [index, stage] of STAGES.entries()) {
    const name = `${stage}-${index}`;
    const args = [...model, '--worker-id', name];
    workers.push(await start(new ReplaceableProcess({ name, script: `services/${stage}/dist/main.js`, args, env })));
  }
  const at = (stage: string) =>
    workers.filter(({ name }) => name.startsWith(`${stage}-`)).map(({ address }) => address);
  const gateways: ReplaceableProcess[] = [];
  for (let index = 0; index < GATEWAYS; index += 1) {
    const args = [
      ...['--text-encoders', at('text-encoder').join(), '--denoisers', at('denoiser').join()],
      ...['--decoders', at('decoder').join(), '--health-listen', '127.0.0.1:0', '--nats', natsUrl, '--home', home],
    ];
    gateways.push(
      await start(new ReplaceableProcess({ name: `gateway-${index}`, script: 'gateway/dist/main.js', args, env })),
    );
  }
  const addresses = gateways.map(({ address }) => address);
  const everything = [...workers, ...gateways];
  await whole(everything, addresses);

  const load = startLoad(addresses);
  const exitCodes: (number | null)[] = [];
  const order = shuffled(everything, seed);
  const before = load.ended();
  for (const process of order) {
    await load.completes(BETWEEN);
    exitCodes.push(await process.end());
    await process.start(to);
    await whole(everything, addresses);
  }
  const during = load.ended() - before;
  await load.completes(BETWEEN);
  const lost = await load.end();
  return { replaced: order.map(({ name }) => name), exitCodes, generations: load.ended(), during, lost };
}

function startLoad(addresses: readonly string[]) {
  const lost: string[] = [];
  let [ended, stopped] = [0, false];
  const viewer = async (index: number) => {
    const client = connect({ address: addresses });
    for (let round = 0; !stopped; round += 1) {
      const seed = index * 1_000 + round;
      const { events, failure } = await viewed(client, { prompt: 'a red apple', steps: STEPS, guidanceScale: 4, seed });
      const ending = events.at(-1)?.type;
      ended += 1;
      if (ending !== 'completed') lost.push(`${ending}: ${failure}`);
    }
    client.close();
  };
  const viewers = Promise.all(Array.from({ length: VIEWERS }, (_, index) => viewer(index)));
  return {
    ended: () => ended,
    async completes(more: number) {
      const goal = ended + more;
      if (!(await eventually(() => ended >= goal, READY_WITHIN_MS))) throw new Error('nothing is made any more');
    },
    async end() {
      stopped = true;
      await viewers;
      return lost;
    },
  };
}

/** Resolves once every gateway sees every process that runs now at work. */
async function whole(processes: readonly ReplaceableProcess[], addresses: readonly string[]): Promise<void> {
  const pids = processes.map(({ pid }) => pid ?? 0).sort();
  const seenBy = async (address: string) => {
    const client = connect({ address });
    try {
      if (!(await client.isServing(2_000))) return [];
      const { gateways, workers } = await client.status();
      return [...gateways, ...workers.filter(({ state }) => state === 'ready')].map(({ pid }) => pid).sort();
    } catch {
      return [];
    } finally {
      client.close();
    }
  };
  const isWhole = async () => {
    const views = await Promise.all(addresses.map(seenBy));
    return views.every((seen) => pids.every((pid) => seen.includes(pid)));
  };
  if (!(await eventually(isWhole, READY_WITHIN_MS))) throw new Error('the cluster did not become whole');
}

function shuffled<Item>(items: readonly Item[], seed: number): readonly Item[] {
  const random = seededRandom(seed);
  return items
    .map((item) => ({ item, at: random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
