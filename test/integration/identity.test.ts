import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { foreignEndings } from '../support/foreign-generation.js';
import { healthPorts } from '../support/health-ports.js';
import { anyNatsProgram } from '../support/nats-server.js';
import { attemptsOn } from '../support/refused-attempts.js';
import { rotateUnderLoad } from '../support/rotation-under-load.js';
import { SecureCluster } from '../support/secure-cluster.js';

const options = { skip: anyNatsProgram() === undefined && 'no nats-server' };
let cluster: SecureCluster;
before(async () => {
  if (options.skip === false) cluster = await SecureCluster.start();
});
after(() => cluster?.[Symbol.asyncDispose]());

test('every port but health refuses whoever cannot show who it is', options, async () => {
  const { refused, answered } = await attemptsOn(cluster);
  assert.deepEqual(
    refused.filter(({ outcome }) => !outcome.startsWith('refused')),
    [],
  );
  assert.deepEqual(
    answered.filter(({ outcome }) => outcome !== 'answered'),
    [],
  );
  const byCode = new Set(refused.filter(({ by }) => by.includes('key')).map(({ outcome }) => outcome));
  assert.deepEqual([...byCode], ['refused: unauthenticated']);
});

test('health is told in plain text, and nothing else', options, async () => {
  const ports = cluster.workers.length + 1;
  assert.deepEqual(await healthPorts(cluster), { ports, serving: ports, otherAnswers: 0 });
});

test("another tenant's generation ends every call as one that nobody made does", options, async () => {
  const endings = await foreignEndings(cluster);
  assert.equal(endings.length, 5);
  for (const { call, foreign, missing } of endings) {
    assert.equal(foreign, missing, call);
    assert.match(foreign, /^\{"code":5,"details":"there is no generation \\"ID\\""/, call);
  }
});

test('certificates and their authority are replaced while generations run, and none fails', options, async () => {
  const { calls, failed, renewed, ports, stillTrusting, newcomerUsed } = await rotateUnderLoad(cluster);
  assert.deepEqual(failed, []);
  assert.ok(calls > 0);
  assert.deepEqual({ renewed, stillTrusting, newcomerUsed }, { renewed: ports, stillTrusting: 0, newcomerUsed: true });
  assert.doesNotMatch(cluster.gateway.said(), /"level":"error"/);
});

test('no key and no prompt is in what the gateway says', options, async () => {
  const said = cluster.gateway.said();
  assert.notEqual(said, '');
  const secrets = [...cluster.tenants.flatMap(({ keys }) => keys), cluster.natsUser.seed, 'a red apple'];
  for (const secret of secrets) assert.ok(!said.includes(secret));
  assert.ok(!said.includes((await readFile(`${cluster.folder}/gateway.key`)).toString()));
});
