import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { isLogConflict, isObjectDamaged, loggerOn, MAX_ENTRY_BYTES, STORE_EMPTIED } from '@tessera/runtime';
import { connect, type NatsConnection } from 'nats';
import { startNatsBed } from '../../support/nats-bed.js';
import { anyNatsProgram, NatsServer, natsPrograms } from '../../support/nats-server.js';
import { eventually } from '../../support/processes.js';
import { isOn } from '../../support/protections.js';

const program = anyNatsProgram();
const needsNats = { skip: program === undefined && 'no nats-server', timeout: 60_000 };
const found = program ?? { path: '', version: '' };
const bytes = (text: string) => Buffer.from(text);

/** What a Bus logs while it connects, as text. */
function listener() {
  let said = '';
  const stream = new Writable({
    write(text, _encoding, done) {
      said += text;
      done();
    },
  });
  return { logger: loggerOn(stream, 'bus', 'info'), said: () => said };
}

test('a writer that does not know the last entry stores nothing', needsNats, async (t) => {
  const protections = { expectsSequence: isOn('append-expects-sequence') };
  const { near, far } = await startNatsBed(t, found, { protections });
  const id = randomUUID();
  const first = await near.logs.append(id, 0, bytes('lease of one gateway'));
  await far.logs.append(id, first, bytes('lease of another'));
  await assert.rejects(near.logs.append(id, first, bytes('completed')), isLogConflict);
  assert.equal((await far.logs.read(id)).length, 2);
});

for (const sizeBytes of [100, 2_000_000]) {
  test(`an object of ${sizeBytes} bytes that was damaged is found out`, needsNats, async (t) => {
    const protections = { checksObjects: isOn('objects-are-checked') };
    const { server, near, far } = await startNatsBed(t, found, { protections });
    await near.objects.put('g1/1/20', new Uint8Array(sizeBytes).fill(7));
    await near.objects.put('g1/1/10', bytes('the one before'));
    await damage(server, sizeBytes < 1_000 ? 'tessera.object.g1.1.20' : 'tessera.part.*.1.g1.1.20');
    await assert.rejects(far.objects.get('g1/1/20'), isObjectDamaged);
    assert.equal(Buffer.from((await far.objects.get('g1/1/10')) ?? []).toString(), 'the one before');
  });
}

test('an object of which a part is missing is found out', needsNats, async (t) => {
  const { server, near, far } = await startNatsBed(t, found);
  await near.objects.put('g1/1/20', new Uint8Array(2_000_000).fill(7));
  await withClient(server, async (nats) => {
    const manager = await nats.jetstreamManager();
    await manager.streams.purge('TESSERA_OBJECTS', { filter: 'tessera.part.*.2.g1.1.20' });
  });
  await assert.rejects(far.objects.get('g1/1/20'), isObjectDamaged);
  await far.objects.delete('g1/1/20');
  assert.deepEqual(await messagesIn(server, 'TESSERA_OBJECTS'), 0);
});

test('what is deleted takes no room, but for the mark that a log was there', needsNats, async (t) => {
  const { server, near } = await startNatsBed(t, found);
  const idle = await messagesIn(server, 'TESSERA_LOGS');
  const id = randomUUID();
  let last = 0;
  for (let i = 0; i < 5; i += 1) last = await near.logs.append(id, last, bytes(`${i}`));
  await near.objects.put(`${id}/1/large`, new Uint8Array(2_000_000));
  await near.logs.delete(id);
  for (const { name } of await near.objects.list(`${id}/`)) await near.objects.delete(name);
  assert.equal(await messagesIn(server, 'TESSERA_LOGS'), idle + 1);
  assert.equal(await messagesIn(server, 'TESSERA_OBJECTS'), 0);
});

test(
  'parts of an object that was never finished are deleted by who comes next; the others are not',
  needsNats,
  async (t) => {
    const { server, near, connect: another } = await startNatsBed(t, found);
    const finished = new Uint8Array(1_200_000).fill(3);
    await near.objects.put('g1/1/finished', finished);
    const kept = await messagesIn(server, 'TESSERA_OBJECTS');
    await withClient(server, async (nats) => {
      for (const i of [0, 1]) await nats.jetstream().publish(`tessera.part.gone.${i}.g1.1.unfinished`, bytes('part'));
    });
    await another({ orphanedAfterMs: 0 });
    assert.ok(await eventually(async () => (await messagesIn(server, 'TESSERA_OBJECTS')) === kept, 5_000));
    assert.deepEqual(await near.objects.get('g1/1/finished'), finished);
  },
);

test('entries of the largest size are read and followed', needsNats, async (t) => {
  const { near, far } = await startNatsBed(t, found);
  const id = randomUUID();
  const entry = new Uint8Array(MAX_ENTRY_BYTES - 1_024).map((_, i) => i * 31);
  const following = far.logs.follow(id, 0, t.signal)[Symbol.asyncIterator]().next();
  await near.logs.append(id, 0, entry);
  assert.deepEqual((await following).value?.entry, entry);
  assert.deepEqual((await far.logs.read(id))[0]?.entry, entry);
});

test('a store that was emptied is refused: by who is connected, and by who comes back', needsNats, async (t) => {
  const { server, near, connect: another } = await startNatsBed(t, found);
  await near.logs.append(randomUUID(), 0, bytes('accepted'));
  await server.stop();
  await server.empty();
  await server.start();
  if (!near.failed.aborted) await once(near.failed, 'abort');
  assert.equal(near.failed.reason.reason, STORE_EMPTIED);
  assert.equal(near.failed.reason.code, 'internal');
  await assert.rejects(near.logs.append(randomUUID(), 0, bytes('x')), { code: 'unavailable' });
  await assert.rejects(another(), { code: 'internal', reason: STORE_EMPTIED });
});

test('a server without JetStream is refused by name', needsNats, async (t) => {
  const server = await NatsServer.start(found, { jetstream: false });
  t.after(() => server[Symbol.asyncDispose]());
  const { connect: another } = await startNatsBed(t, found);
  await assert.rejects(another({ servers: [server.url] }), { code: 'failed_precondition', message: /JetStream/ });
});

for (const each of natsPrograms()) {
  test(`the durability of nats-server ${each.version} is told as far as it is known`, async (t) => {
    const { server, connect: another } = await startNatsBed(t, each);
    const known = listener();
    await another({ logger: known.logger, monitorUrl: server.monitorUrl });
    const unknown = listener();
    await another({ logger: unknown.logger });
    if (each.version.startsWith('2.9.')) {
      assert.match(known.said(), /"level":"warn".*not the loss of power/);
      return;
    }
    assert.match(known.said(), /syncs before it acknowledges/);
    assert.match(unknown.said(), /"level":"warn".*unverified/);
  });
}

/** As a disk would: the same message under the same name, with one other bit. */
async function damage(server: NatsServer, pattern: string): Promise<void> {
  await withClient(server, async (nats) => {
    const manager = await nats.jetstreamManager();
    const { state } = await manager.streams.info('TESSERA_OBJECTS', { subjects_filter: pattern });
    const [subject = ''] = Object.keys(state.subjects ?? {});
    const stored = await manager.streams.getMessage('TESSERA_OBJECTS', { last_by_subj: subject });
    const payload = stored.data.slice();
    payload[payload.length >> 1] = (payload[payload.length >> 1] ?? 0) ^ 4;
    await manager.streams.deleteMessage('TESSERA_OBJECTS', stored.seq);
    await nats.jetstream().publish(subject, payload, { headers: stored.header });
  });
}

async function messagesIn(server: NatsServer, stream: string): Promise<number> {
  let count = -1;
  await withClient(server, async (nats) => {
    const manager = await nats.jetstreamManager();
    count = (await manager.streams.info(stream)).state.messages;
  });
  return count;
}

async function withClient(server: NatsServer, use: (nats: NatsConnection) => Promise<void>): Promise<void> {
  const nats = await connect({ servers: server.url });
  try {
    await use(nats);
  } finally {
    await nats.close();
  }
}
