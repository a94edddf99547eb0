import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { keyedTenant, writeKeyFile } from '../support/api-keys.js';
import { type Cluster, runTessera, startCluster } from '../support/cluster.js';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';

const [alice, bob] = [keyedTenant('alice'), keyedTenant('bob')];
let folder: TemporaryFolder;
let cluster: Cluster;
before(async () => {
  folder = temporaryFolder();
  const file = join(folder.path, 'keys.yaml');
  await writeKeyFile(file, [alice, bob]);
  cluster = await startCluster(['--api-keys', file]);
});
after(async () => {
  await cluster.stop();
  folder[Symbol.dispose]();
});

const address = () => ['--address', cluster.address];

test('a cluster that asks for keys is used with --api-key or TESSERA_API_KEY, and each tenant sees its own', async () => {
  const output = ['--steps', '2', '--output', join(folder.path, 'a.png')];
  const asAlice = ['--api-key', alice.keys[0] ?? ''];
  const generated = await runTessera(['generate', 'a red apple', ...output, '--json', ...address(), ...asAlice]);
  assert.equal(generated.code, 0, generated.stderr);
  const listed = await runTessera(['ps', '--json', ...address()], { env: { TESSERA_API_KEY: alice.keys[0] } });
  assert.deepEqual(
    listed.events.map(({ generation_id: id }) => id),
    [generated.events[0]?.generation_id],
  );
  const ofBob = await runTessera(['ps', '--json', ...address(), '--api-key', bob.keys[0] ?? '']);
  assert.deepEqual([ofBob.code, ofBob.events], [0, []]);
});

test('without a key nothing is told', async () => {
  for (const command of [['status'], ['ps'], ['generate', 'a red apple']]) {
    const { code, stdout, stderr } = await runTessera([...command, ...address()], { cwd: folder.path });
    assert.equal(code, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /API key is needed/);
  }
});

test('a key is never printed', async () => {
  const { stdout, stderr } = await runTessera(['config'], { env: { TESSERA_API_KEY: alice.keys[0] } });
  assert.match(stdout, /api-key +\(set\) +TESSERA_API_KEY/);
  assert.ok(!`${stdout}${stderr}`.includes(alice.keys[0] ?? ''));
});
