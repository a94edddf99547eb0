import { connect } from '@tessera/client';
import { type Cluster, evaluationsStarted, startCluster } from '../../support/cluster.js';
import { seededRandom } from '../../support/seeded-random.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import type { AcceptancePoint } from '../point.js';

const PARTS = 3;
const STEPS = 20;
const EVALUATIONS = 2 * STEPS;
/** Two at a time, so that several parts are busy. */
const ROUNDS = 4;
const AT_ONCE = 2;

export const lostPartPoint: AcceptancePoint = {
  id: 'sharding.5',
  title: 'generations through a denoiser in parts under kill -9 of one part: same result, nothing lost',
  run: async (seed) => {
    using home = temporaryFolder();
    const env = { TESSERA_HOME: home.path };
    const expected = await withCluster([], env, async (cluster) => {
      const rounds = Array.from({ length: ROUNDS }, (_, round) => round);
      const images = [];
      for (const round of rounds) images.push(...(await generate(cluster, seed, round)).images);
      return images;
    });
    const random = seededRandom(seed);
    return withCluster(['--shard-denoiser', String(PARTS)], env, async (cluster) => {
      const parts = cluster.workers.filter(({ stage }) => stage === 'denoiser-part').map(({ id }) => id);
      const images: string[] = [];
      const killed: string[] = [];
      let stepsTwice = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        const part = parts[round % parts.length] ?? '';
        const at = 2 + Math.floor(random() * (STEPS - 4));
        const result = await generate(cluster, seed, round, at, () => kill(cluster, part));
        images.push(...result.images);
        stepsTwice += result.stepsTwice;
        killed.push(`${part} at step ${at}`);
      }
      const begun = (await evaluationsStarted(cluster.address)).get('denoiser-1') ?? 0;
      const value = {
        generations: images.length,
        killed,
        same_as_whole_denoiser: images.filter((image, i) => image === expected[i]).length,
        steps_told_twice: stepsTwice,
        evaluations_begun_again: begun - ROUNDS * AT_ONCE * EVALUATIONS,
      };
      return {
        value,
        limit: { same_as_whole_denoiser: ROUNDS * AT_ONCE, steps_told_twice: 0 },
        pass: value.same_as_whole_denoiser === ROUNDS * AT_ONCE && stepsTwice === 0,
      };
    });
  },
};

async function withCluster<Result>(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  use: (cluster: Cluster) => Promise<Result>,
): Promise<Result> {
  const cluster = await startCluster(args, env);
  try {
    return await use(cluster);
  } finally {
    await cluster.stop();
  }
}

/** The process that has the part now: it is another one after every kill. */
async function kill({ address }: Cluster, id: string): Promise<void> {
  const client = connect({ address });
  const { workers } = await client.status();
  client.close();
  const pid = workers.find((worker) => worker.id === id)?.pid;
  if (pid === undefined) throw new Error(`there is no ${id}`);
  process.kill(pid, 'SIGKILL');
}

/** Two generations at once; `disturb` is called when the first of them has come to a step. */
async function generate(
  { address }: Cluster,
  seed: number,
  round: number,
  atStep = -1,
  disturb: () => Promise<void> = async () => {},
) {
  const client = connect({ address });
  let disturbing: Promise<void> | undefined;
  let stepsTwice = 0;
  try {
    const images = await Promise.all(
      Array.from({ length: AT_ONCE }, async (_, i) => {
        const steps = new Set<number>();
        const request = { prompt: 'a red apple', seed: seed + AT_ONCE * round + i, steps: STEPS, guidanceScale: 4 };
        for await (const event of client.generate(request)) {
          if (event.type === 'progress') {
            if (steps.has(event.stepIndex)) stepsTwice += 1;
            steps.add(event.stepIndex);
            if (event.stepIndex === atStep) disturbing ??= disturb();
          }
          if (event.type === 'completed') return event.images.map(({ receipt }) => receipt.imageSha256).join();
          if (event.type === 'failed') throw new Error(event.message);
        }
        throw new Error('the stream ended early');
      }),
    );
    await disturbing;
    return { images, stepsTwice };
  } finally {
    client.close();
  }
}
