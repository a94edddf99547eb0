import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Bus, isLogConflict, type StoredEntry } from '@tessera/runtime';
import { startNatsBed } from '../../support/nats-bed.js';
import { anyNatsProgram } from '../../support/nats-server.js';
import { eventually } from '../../support/processes.js';

const program = anyNatsProgram();
const needsNats = { skip: program === undefined && 'no nats-server', timeout: 60_000 };
const found = program ?? { path: '', version: '' };

/** What is promised, and a little for the timers of a busy machine. */
const FAST_MS = 1_000 + 300;
const BACK_WITHIN_MS = 5_000;

const bytes = (text: string) => Buffer.from(text);
const textsOf = (entries: readonly StoredEntry[]) => entries.map(({ entry }) => Buffer.from(entry).toString());
const patience = (ms = 30_000) => ({ until: AbortSignal.timeout(ms) });

async function failsFast(call: Promise<unknown>): Promise<void> {
  const beganMs = performance.now();
  await assert.rejects(call, { code: 'unavailable' });
  const took = performance.now() - beganMs;
  assert.ok(took < FAST_MS, `it took ${took} ms`);
}

/** Appends to a log of its own, as often as it takes, and tells how long it took. */
async function backAfterMs(bus: Bus): Promise<number> {
  const beganMs = performance.now();
  await bus.logs.append(randomUUID(), 0, bytes('back'), patience());
  return performance.now() - beganMs;
}

test(
  'while NATS is away calls fail within a second; one with patience succeeds when it is back',
  needsNats,
  async (t) => {
    const { server, near } = await startNatsBed(t, found);
    const id = randomUUID();
    const first = await near.logs.append(id, 0, bytes('one'));
    await server.stop();
    const second = near.logs.append(id, first, bytes('two'), patience());
    const object = near.objects.put('a/1', bytes('latent'), patience());
    for (let i = 0; i < 3; i += 1) {
      await failsFast(near.logs.append(randomUUID(), 0, bytes('refused')));
      await failsFast(near.logs.read(id));
      await failsFast(near.objects.put('a/2', bytes('x')));
      await failsFast(near.objects.get('a/1'));
      await failsFast(near.objects.list(''));
      await delay(200);
    }
    await server.start();
    const beganMs = performance.now();
    await second;
    await object;
    assert.ok(performance.now() - beganMs < BACK_WITHIN_MS);
    assert.deepEqual(textsOf(await near.logs.read(id)), ['one', 'two']);
    assert.deepEqual(
      (await near.objects.list('')).map(({ name }) => name),
      ['a/1'],
    );
  },
);

test('a connection that ends while the Bus is being opened is followed by another', needsNats, async (t) => {
  const { proxy, connect } = await startNatsBed(t, found);
  // The first words of a connection that was judged to be good.
  proxy.cutAt('SUB tessera.presence');
  const bus = await connect({ servers: [`nats://127.0.0.1:${proxy.port}`] });
  await bus.logs.append(randomUUID(), 0, bytes('there'));
});

test('a Bus that is closed while it connects again comes to its end', needsNats, async (t) => {
  const { proxy, far } = await startNatsBed(t, found);
  // Its next connection is made, and says nothing yet.
  proxy.part('both');
  proxy.cut();
  await eventually(() => proxy.connections > 0, 10_000);
  const closed = far.close();
  proxy.part('none');
  await closed;
});

test('patience ends with its signal', needsNats, async (t) => {
  const { server, near } = await startNatsBed(t, found);
  await server.kill();
  await assert.rejects(near.logs.append(randomUUID(), 0, bytes('x'), patience(500)), { code: 'unavailable' });
});

test('an entry that was stored although nothing was heard of it is not stored again', needsNats, async (t) => {
  const { proxy, far, near } = await startNatsBed(t, found);
  const id = randomUUID();
  const first = await far.logs.append(id, 0, bytes('one'));
  const follower = near.logs.follow(id, first, t.signal)[Symbol.asyncIterator]();
  proxy.part('to-client');
  const unheard = far.logs.append(id, first, bytes('two'), patience());
  // It is stored, and its writer cannot know.
  assert.equal(Buffer.from((await follower.next()).value?.entry ?? []).toString(), 'two');
  const refused = far.logs.append(id, first, bytes('another'), patience());
  await delay(3_500);
  proxy.part('none');
  const sequence = await unheard;
  await assert.rejects(refused, isLogConflict);
  const stored = await near.logs.read(id);
  assert.deepEqual(textsOf(stored), ['one', 'two']);
  assert.equal(stored[1]?.sequence, sequence);
});

for (const way of ['both', 'to-server', 'to-client'] as const) {
  test(
    `a network that drops ${way} is found out, and left for a new connection when there is one`,
    needsNats,
    async (t) => {
      const { proxy, far } = await startNatsBed(t, found);
      await far.logs.append(randomUUID(), 0, bytes('there'));
      proxy.part(way);
      await failsFast(far.objects.list(''));
      for (let i = 0; i < 4; i += 1) await failsFast(far.logs.append(randomUUID(), 0, bytes('x')));
      proxy.part('none');
      const took = await backAfterMs(far);
      assert.ok(took < BACK_WITHIN_MS, `back after ${took} ms`);
    },
  );
}

test("time in which NATS is away is nobody's silence", needsNats, async (t) => {
  const presenceExpiryMs = 3_000;
  const { proxy, far, near } = await startNatsBed(t, found, { presenceExpiryMs });
  const beat = { gatewayId: 'g1', address: '127.0.0.1:1', pid: 1, running: 0, queued: 0 };
  const whole = { ...beat, uptimeMs: 1, arithmeticVersion: 'a', eventLoopLagP99Ms: 1, rssBytes: 1 };
  const joined = far.presence.watch(t.signal)[Symbol.asyncIterator]().next();
  await near.presence.announce(whole);
  await joined;
  proxy.part('both');
  const beganMs = performance.now();
  const countedMs = far.connectedMs();
  await delay(presenceExpiryMs + 1_500);
  const counted = far.connectedMs() - countedMs;
  assert.ok(counted <= 1_000, `${counted} ms of ${performance.now() - beganMs} were counted`);
  assert.equal(far.presence.list().length, 1, 'it cannot have been heard');
  assert.equal(near.presence.list().length, 0, 'who is in touch has missed it');
});

test(
  'followers miss nothing and see nothing twice, through a server that is killed and connections that are cut',
  needsNats,
  async (t) => {
    const { server, proxy, far, near } = await startNatsBed(t, found);
    const [id, other] = [randomUUID(), randomUUID()];
    const total = 30;
    const followed: string[] = [];
    const all: string[] = [];
    const following = (async () => {
      for await (const { entry } of far.logs.follow(id, 0, t.signal)) {
        if (followed.push(Buffer.from(entry).toString()) === total) return;
      }
    })();
    const followingAll = (async () => {
      for await (const notice of far.logs.followAll(t.signal)) {
        if (notice.type !== 'entry' || notice.generationId !== id) continue;
        if (all.push(Buffer.from(notice.entry).toString()) === total) return;
      }
    })();
    await near.logs.append(other, 0, bytes('of another log'));
    let last = 0;
    for (let i = 0; i < total; i += 1) {
      if (i === 10) {
        await server.kill();
        await server.start();
      }
      if (i === 20) proxy.cut();
      last = await near.logs.append(id, last, bytes(`${i}`), patience());
    }
    await Promise.all([following, followingAll]);
    const expected = Array.from({ length: total }, (_, i) => `${i}`);
    assert.deepEqual(followed, expected);
    assert.deepEqual(all, expected);
  },
);

test(
  'live messages are heard within the process while NATS is away, and by others when it is back',
  needsNats,
  async (t) => {
    const { server, far, near } = await startNatsBed(t, found);
    const [here, there] = [near, far].map((bus) => bus.live.subscribe('preview.*', t.signal)[Symbol.asyncIterator]());
    await server.kill();
    near.live.publish('preview.g1', bytes('alone'));
    assert.equal(Buffer.from((await here?.next())?.value.payload ?? []).toString(), 'alone');
    await server.start();
    const heard = there?.next();
    const telling = setInterval(() => near.live.publish('preview.g1', bytes('again')), 20);
    assert.equal(Buffer.from((await heard)?.value.payload ?? []).toString(), 'again');
    clearInterval(telling);
  },
);
