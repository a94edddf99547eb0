import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from '@tessera/client';
import { TesseraError } from '@tessera/core';
import { followKeyFile, type KeyRing, parseKeyRing, readKeyFile, Tenants } from '@tessera/gateway';
import { keyedTenant, writeKeyFile } from '../../support/api-keys.js';
import { eventually } from '../../support/processes.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { startFakeDecoder, startFakeDenoiser, startFakeTextEncoder } from './fake-workers.js';
import { startTestGateway } from './test-gateway.js';

const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');
const [alice, bob] = [keyedTenant('alice', 3, 2), keyedTenant('bob')];
const entries = [
  { tenant: 'alice', key_sha256: sha256(alice.keys[0] ?? ''), weight: '3' },
  { tenant: 'alice', key_sha256: sha256(alice.keys[1] ?? '') },
  { tenant: 'bob', key_sha256: sha256(bob.keys[0] ?? '').toUpperCase() },
];

async function keyedGateway(t: Parameters<typeof startTestGateway>[0]) {
  const workers = [await startFakeTextEncoder(t), await startFakeDenoiser(t), await startFakeDecoder(t)];
  const tenants = new Tenants(parseKeyRing(entries));
  const { address } = await startTestGateway(t, workers, { tenants });
  const as = (apiKey: string | undefined) => {
    const client = connect({ address, apiKey, reconnect: { attempts: 1 } });
    t.after(() => client.close());
    return client;
  };
  return { as, tenants };
}

const code = (expected: string) => (error: unknown) => error instanceof TesseraError && error.code === expected;

test('a tenant is known by any of its keys, and has one weight', () => {
  const ring = parseKeyRing(entries);
  assert.deepEqual(
    [...alice.keys, ...bob.keys].map((key) => ring.tenantOf(key)),
    ['alice', 'alice', 'bob'],
  );
  assert.equal(ring.tenantOf(`${bob.keys[0]}x`), undefined);
  assert.equal(ring.tenantOf(''), undefined);
  assert.deepEqual([ring.weightOf('alice'), ring.weightOf('bob'), ring.weightOf('nobody')], [3, 1, 1]);
});

test('a file that is not what it must be is refused by its entry, without a hash in the message', () => {
  const hash = sha256('secret');
  const bad: readonly (readonly [unknown, RegExp])[] = [
    [{ tenant: 'a' }, /must be a list/],
    [['a'], /entry 1 must be a mapping/],
    [[{ tenant: '', key_sha256: hash }], /entry 1: tenant/],
    [[{ tenant: 'a', key_sha256: 'secret' }], /entry 1: key_sha256/],
    [[{ tenant: 'a', key_sha256: hash, weight: '0' }], /entry 1: weight/],
    [[{ tenant: 'a', key_sha256: hash, weight: 'NaN' }], /entry 1: weight/],
    [[{ tenant: 'a', key_sha256: hash, key: 'secret' }], /entry 1: key is not among/],
    [
      [
        { tenant: 'a', key_sha256: hash },
        { tenant: 'b', key_sha256: hash.toUpperCase() },
      ],
      /entry 2: its key/,
    ],
    [[...entries, { tenant: 'alice', key_sha256: hash, weight: '2' }], /entry 4: alice has another weight/],
  ];
  for (const [content, message] of bad) {
    assert.throws(
      () => parseKeyRing(content),
      (error) => {
        assert.ok(error instanceof TesseraError && error.code === 'invalid_argument');
        assert.match(error.message, message);
        assert.ok(!error.message.includes(hash) && !error.message.includes('secret'));
        return true;
      },
    );
  }
});

test('without a known key every method is refused as unauthenticated', async (t) => {
  const { as } = await keyedGateway(t);
  for (const client of [as(undefined), as('unknown')]) {
    const calls = [
      () => client.generate({ prompt: 'a' }).next(),
      () => client.watch('unknown').next(),
      () => client.cancel('unknown'),
      () => client.getGeneration('unknown'),
      () => client.downloadImage('unknown', '1-0').next(),
      () => client.listGenerations().next(),
      () => client.deleteGeneration('unknown'),
      () => client.listModels(),
      () => client.status(),
    ];
    for (const call of calls) await assert.rejects(call, code('unauthenticated'), String(call));
  }
});

test('a generation of another tenant is as unknown as one that never was, by every method', async (t) => {
  const { as } = await keyedGateway(t);
  const [owner, second, stranger] = [as(alice.keys[0]), as(alice.keys[1]), as(bob.keys[0])];
  let generationId = '';
  let imageId = '';
  const request = { prompt: 'a', steps: 2, idempotencyKey: 'one' };
  for await (const event of owner.generate(request)) {
    generationId = event.generationId;
    if (event.type === 'completed') imageId = event.images[0]?.image.imageId ?? '';
  }
  const refusals = async (id: string) => {
    const calls = [
      () => stranger.watch(id).next(),
      () => stranger.cancel(id),
      () => stranger.getGeneration(id),
      () => stranger.downloadImage(id, imageId).next(),
      () => stranger.deleteGeneration(id),
    ];
    return Promise.all(
      calls.map((call) =>
        call().then(
          () => 'answered',
          ({ code: of, message }) => `${of}: ${message}`,
        ),
      ),
    );
  };
  const missing = generationId.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  const ofOther = (await refusals(generationId)).map((text) => text.replaceAll(generationId, 'ID'));
  assert.deepEqual(
    ofOther,
    (await refusals(missing)).map((text) => text.replaceAll(missing, 'ID')),
  );
  assert.ok(
    ofOther.every((text) => text.startsWith('not_found: ')),
    ofOther.join('\n'),
  );
  assert.equal((await stranger.listGenerations().next()).done, true);
  // The tenant's other key sees it; the same idempotency key of another tenant is another one.
  assert.equal((await second.getGeneration(generationId)).generationId, generationId);
  const first = await stranger.generate(request).next();
  assert.notEqual(first.value?.generationId, generationId);
});

test('a changed file is read again; one that cannot be used changes nothing', async (t) => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'keys.yaml');
  await writeKeyFile(file, [alice]);
  const controller = new AbortController();
  t.after(() => controller.abort());
  const rings: KeyRing[] = [readKeyFile(file)];
  const failures: unknown[] = [];
  followKeyFile(
    file,
    (ring) => rings.push(ring),
    (thrown) => failures.push(thrown),
    controller.signal,
    20,
  );
  assert.equal(rings.at(-1)?.tenantOf(bob.keys[0] ?? ''), undefined);
  await writeFile(file, 'tenant: nobody');
  assert.ok(await eventually(() => failures.length > 0, 5_000));
  assert.equal(rings.length, 1);
  // Replaced as a whole, as orchestrators do.
  await writeKeyFile(`${file}.new`, [alice, { ...bob, weight: 2 }]);
  await rename(`${file}.new`, file);
  assert.ok(await eventually(() => rings.length > 1, 5_000));
  assert.equal(rings.at(-1)?.tenantOf(bob.keys[0] ?? ''), 'bob');
  assert.equal(rings.at(-1)?.weightOf('bob'), 2);
});

test('a key that no header can carry is refused before anything is sent, and is not in the message', () => {
  for (const apiKey of ['', 'two words', 'ключ', 'line\nbreak']) {
    assert.throws(
      () => connect({ address: '127.0.0.1:1', apiKey }),
      (error) => code('invalid_argument')(error) && (apiKey === '' || !String(error).includes(apiKey)),
    );
  }
});
