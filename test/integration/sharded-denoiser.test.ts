import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Cluster, evaluationsStarted, runTessera, startCluster } from '../support/cluster.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const STEPS = 12;
/** With guidance. */
const EVALUATIONS = 2 * STEPS;
const KILL_AT_STEP = 3;
const SEEDS = [1, 2];

const folder = temporaryFolder();
const env = { TESSERA_HOME: folder.path };
let whole: ReadonlyMap<number, string>;
let cluster: Cluster;

before(async () => {
  const one = await startCluster([], env);
  whole = new Map(await Promise.all(SEEDS.map(async (seed) => [seed, await imageOf(one, seed)] as const)));
  await one.stop();
  cluster = await startCluster(['--shard-denoiser', '3'], env);
});

after(async () => {
  await cluster.stop();
  folder[Symbol.dispose]();
});

/** The sha256 of one generation's pixels; it has to complete, without a step that comes twice. */
async function imageOf({ address }: Cluster, seed: number, onStep: (step: number) => void = () => {}): Promise<string> {
  const steps: number[] = [];
  const args = ['generate', 'a red apple', '--steps', `${STEPS}`, '--guidance', '4', '--seed', `${seed}`];
  const { events, stderr } = await runTessera([...args, '--json', '--force', '--address', address], {
    cwd: folder.path,
    onLine: (line) => {
      const { type, step_index: step } = JSON.parse(line);
      if (type !== 'progress') return;
      steps.push(step);
      onStep(step);
    },
  });
  const last = events.at(-1);
  assert.ok(last?.type === 'completed', stderr);
  assert.equal(new Set(steps).size, steps.length);
  const { image_sha256: sha256 } = last.receipt as { readonly image_sha256: string };
  return sha256;
}

const counted = async () => (await evaluationsStarted(cluster.address)).get('denoiser-1') ?? 0;

test('a denoiser in three parts gives the pixels of the whole one, and looks like any other', async () => {
  const workers = cluster.workers.map(({ id, stage }) => `${id} ${stage}`).sort();
  assert.deepEqual(workers, [
    'decoder-1 decoder',
    'denoiser-1 denoiser',
    'denoiser-1-part-2 denoiser-part',
    'denoiser-1-part-3 denoiser-part',
    'text-encoder-1 text-encoder',
  ]);
  const before = await counted();
  const images = await Promise.all(SEEDS.map((seed) => imageOf(cluster, seed)));
  assert.deepEqual(
    images,
    SEEDS.map((seed) => whole.get(seed)),
  );
  assert.equal((await counted()) - before, SEEDS.length * EVALUATIONS);
});

test('kill -9 of one part amid two generations: same pixels, no step again, nothing lost', async (t) => {
  for (const id of ['denoiser-1-part-2', 'denoiser-1-part-3']) {
    const before = await counted();
    const { pid } = cluster.workers.find((worker) => worker.id === id) ?? assert.fail();
    let killed = false;
    const images = await Promise.all(
      SEEDS.map((seed) =>
        imageOf(cluster, seed, (step) => {
          if (killed || step < KILL_AT_STEP) return;
          killed = true;
          process.kill(pid, 'SIGKILL');
        }),
      ),
    );
    assert.ok(killed);
    assert.deepEqual(
      images,
      SEEDS.map((seed) => whole.get(seed)),
    );
    const beyond = (await counted()) - before - SEEDS.length * EVALUATIONS;
    // None, unless the machine takes longer to start the part again than its denoiser waits.
    t.diagnostic(`${beyond} evaluations began again after ${id} was killed`);
    assert.ok(beyond < EVALUATIONS);
  }
});

test('kill -9 of the first part is the loss of a denoiser: its calls are made again', async () => {
  const { pid } = cluster.workers.find(({ id }) => id === 'denoiser-1') ?? assert.fail();
  let killed = false;
  const image = await imageOf(cluster, 1, (step) => {
    if (killed || step < KILL_AT_STEP) return;
    killed = true;
    process.kill(pid, 'SIGKILL');
  });
  assert.ok(killed);
  assert.equal(image, whole.get(1));
});

test('numbers of parts that cannot be are refused', async () => {
  for (const shards of ['0', '65', '1B', 'some', '1000TiB']) {
    const { code, stderr } = await runTessera(['up', '--shard-denoiser', shards], { env });
    assert.equal(code, 2);
    assert.match(stderr, /--shard-denoiser must be/);
  }
});
