import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Cluster, runTessera, startCluster } from '../support/cluster.js';
import { accepts, eventually, processesWithEnv } from '../support/processes.js';

/** Ends within its grace; the rest is for a slow machine. */
const GONE_WITHIN_MS = 15_000;

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-up-'));
});
after(() => rm(folder, { recursive: true }));

/** Every process of the cluster inherits this; so the process table tells whose they are. */
async function startMarked(mark: string, args: readonly string[] = []): Promise<Cluster> {
  return startCluster(args, { TMPDIR: folder, TESSERA_HOME: join(folder, 'home'), CLUSTER_MARK: mark });
}

const leftOf = (mark: string) => processesWithEnv('CLUSTER_MARK', mark).length;
const addressesOf = ({ address, workers }: Cluster) => [address, ...workers.map((worker) => worker.address)];

async function assertNothingLeft(mark: string, addresses: readonly string[]): Promise<void> {
  assert.ok(await eventually(() => leftOf(mark) === 0, GONE_WITHIN_MS), `${leftOf(mark)} processes are left`);
  assert.deepEqual(
    await Promise.all(addresses.map(accepts)),
    addresses.map(() => false),
  );
  assert.deepEqual(await readdir(folder), []);
}

test('up tells its address and every worker, and counts them as asked', async () => {
  await using cluster = await startMarked('workers', ['--denoisers', '2']);
  const stages = cluster.workers.map(({ stage }) => stage).toSorted();
  assert.deepEqual(stages, ['decoder', 'denoiser', 'denoiser', 'text-encoder']);
  assert.equal(new Set(cluster.workers.map(({ id }) => id)).size, 4);
  const { events } = await runTessera(['status', '--json', '--address', cluster.address]);
  const workers = events[0]?.workers as readonly Record<string, unknown>[];
  assert.deepEqual(workers.map(({ pid }) => pid).toSorted(), cluster.workers.map(({ pid }) => pid).toSorted());
  for (const worker of workers) {
    assert.equal(worker.state, 'ready');
    assert.equal(typeof worker.evaluations_started, 'number');
    assert.ok((worker.load as { rss_bytes: number }).rss_bytes > 0);
  }
});

test('Ctrl-C ends with 130 and leaves no process, port or file', async () => {
  const cluster = await startMarked('ctrl-c');
  const addresses = addressesOf(cluster);
  assert.ok(leftOf('ctrl-c') >= 5);
  cluster.process.kill('SIGINT');
  await new Promise((resolve) => cluster.process.once('exit', resolve));
  assert.equal(cluster.process.exitCode, 130);
  assert.equal(leftOf('ctrl-c'), 0, 'they are gone before it is');
  await assertNothingLeft('ctrl-c', addresses);
});

test('SIGTERM, the way a service is ended, ends with 0', async () => {
  const cluster = await startMarked('sigterm');
  assert.equal(await cluster.stop(), 0);
  await assertNothingLeft('sigterm', addressesOf(cluster));
});

test('kill -9 of up leaves nothing behind either', async () => {
  const cluster = await startMarked('kill-9');
  cluster.process.kill('SIGKILL');
  await assertNothingLeft('kill-9', addressesOf(cluster));
});

test('a worker that is killed comes back on its port, and the cluster generates again', async () => {
  await using cluster = await startMarked('restart');
  const victim = cluster.workers.find(({ stage }) => stage === 'denoiser');
  assert.ok(victim);
  process.kill(victim.pid, 'SIGKILL');
  const back = await eventually(async () => {
    const { events } = await runTessera(['status', '--json', '--address', cluster.address]);
    const workers = events[0]?.workers as readonly { id: string; pid: number; state: string; address: string }[];
    return workers.some(
      ({ address, pid, state }) => address === victim.address && pid !== victim.pid && state === 'ready',
    );
  }, GONE_WITHIN_MS);
  assert.ok(back, 'it did not come back');
  const output = join(folder, '..', `restarted-${process.pid}.png`);
  try {
    const args = ['generate', 'a red apple', '--steps', '2', '--output', output, '--address', cluster.address];
    const { code, stderr } = await runTessera(args);
    assert.equal(code, 0, stderr);
  } finally {
    await rm(output, { force: true });
  }
});

test('a port that is taken ends with 3 and names it', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as { port: number };
  try {
    const { code, stderr, stdout } = await runTessera(['up', '--port', String(port)], {
      env: { CLUSTER_MARK: 'taken' },
    });
    assert.equal(code, 3, stderr);
    assert.match(stderr, new RegExp(`127\\.0\\.0\\.1:${port}`));
    assert.equal(stdout, '');
    assert.equal(leftOf('taken'), 0);
  } finally {
    taken.close();
  }
});

test('a model that is not there ends with 2, a device that is not there with 3, each by name', async () => {
  const model = await runTessera(['up', '--port', '0', '--model', 'none-such']);
  assert.equal(model.code, 2, model.stderr);
  assert.match(model.stderr, /none-such/);
  const device = await runTessera(['up', '--port', '0', '--device', 'cuda:0']);
  assert.equal(device.code, 3, device.stderr);
  assert.match(device.stderr, /cuda:0/);
});
