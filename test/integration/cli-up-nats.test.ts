import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Cluster, runTessera, startCluster } from '../support/cluster.js';
import { anyNatsProgram } from '../support/nats-server.js';
import { accepts, eventually, processesWithEnv } from '../support/processes.js';

const GONE_WITHIN_MS = 15_000;
const BACK_WITHIN_MS = 15_000;

const program = anyNatsProgram();
const needsNats = { skip: program === undefined && 'no nats-server' };
let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-up-nats-'));
});
after(() => rm(folder, { recursive: true }));

/** What a cluster whose processes bear a mark is started with. */
function environment(mark: string): NodeJS.ProcessEnv {
  const PATH = [dirname(program?.path ?? ''), process.env.PATH].join(delimiter);
  return { PATH, TESSERA_HOME: join(folder, mark), CLUSTER_MARK: mark };
}

const start = (mark: string): Promise<Cluster> =>
  startCluster(['--nats', 'auto', '--gateways', '2'], environment(mark));

async function generate(address: string, seed: number): Promise<string> {
  const output = join(folder, `${seed}.png`);
  const args = ['generate', 'a red apple', '--steps', '2', '--seed', String(seed), '--output', output, '--json'];
  const { code, stderr, events } = await runTessera([...args, '--address', address]);
  assert.equal(code, 0, stderr);
  return String(events.find(({ type }) => type === 'accepted')?.generation_id);
}

async function generationsAt(address: string): Promise<readonly string[]> {
  const { events } = await runTessera(['ps', '--json', '--address', address]);
  return events.map(({ generation_id: id }) => String(id));
}

test('two gateways share one NATS: each tells of both, and of what the other made', needsNats, async () => {
  await using cluster = await start('shared');
  assert.equal(cluster.addresses.length, 2);
  const [one = '', other = ''] = cluster.addresses;
  const { events } = await runTessera(['status', '--json', '--address', other]);
  const gateways = events[0]?.gateways as readonly { address: string; pid: number }[];
  assert.deepEqual(gateways.map(({ address }) => address).toSorted(), [one, other].toSorted());
  const generationId = await generate(one, 1);
  assert.ok((await generationsAt(other)).includes(generationId));
});

test('a nats-server that is killed comes back where it was, with what was stored', needsNats, async () => {
  await using cluster = await start('killed-nats');
  const [one = '', other = ''] = cluster.addresses;
  const before = await generate(one, 2);
  assert.ok(cluster.nats);
  process.kill(cluster.nats.pid, 'SIGKILL');
  const back = () => accepts(new URL(cluster.nats?.url ?? '').host);
  assert.ok(await eventually(async () => !(await back()), BACK_WITHIN_MS), 'it was killed');
  assert.ok(await eventually(back, BACK_WITHIN_MS), 'it did not come back');
  const accepted = await eventually(async () => {
    const { code } = await runTessera(['ps', '--address', other]);
    return code === 0;
  }, BACK_WITHIN_MS);
  assert.ok(accepted);
  const after = await generate(other, 3);
  const there = await generationsAt(one);
  assert.ok(there.includes(before) && there.includes(after), `${there}`);
});

test('kill -9 of up ends the nats-server too', needsNats, async () => {
  const cluster = await start('kill-9');
  const { nats } = cluster;
  assert.ok(nats);
  cluster.process.kill('SIGKILL');
  const left = () => processesWithEnv('CLUSTER_MARK', 'kill-9').length;
  assert.ok(await eventually(() => left() === 0, GONE_WITHIN_MS), `${left()} processes are left`);
  assert.equal(await accepts(new URL(nats.url).host), false);
});

test('a second cluster in the same home is refused: two servers would ruin one store', needsNats, async () => {
  await using cluster = await start('home');
  assert.ok(cluster.nats);
  const args = ['up', '--port', '0', '--nats', 'auto'];
  const { code, stderr } = await runTessera(args, { env: { ...environment('home'), CLUSTER_MARK: 'second' } });
  assert.equal(code, 3, stderr);
  assert.match(stderr, /another cluster uses/);
});

test('several gateways without NATS are refused by name', async () => {
  const { code, stderr } = await runTessera(['up', '--port', '0', '--gateways', '2']);
  assert.equal(code, 2, stderr);
  assert.match(stderr, /--gateways/);
});
