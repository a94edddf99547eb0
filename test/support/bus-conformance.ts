import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test as nodeTest, suite, type TestContext } from 'node:test';
import { TesseraError } from '@tessera/core';
import {
  type Bus,
  type GatewayBeat,
  isLogConflict,
  type LiveMessage,
  type LogNotice,
  MAX_ENTRY_BYTES,
  MAX_LIVE_BYTES,
  MAX_WAITING_MESSAGES,
  type PresenceChange,
  type StoredEntry,
} from '@tessera/runtime';

/** Two gateways' handles on one Bus that nobody else uses; they may be the same handle. */
export interface BusPair {
  readonly here: Bus;
  readonly there: Bus;
}

/** Opens a fresh Bus for one test and closes it, and what it needs, after that test. */
export type MakeBus = (t: TestContext, options: { readonly presenceExpiryMs?: number }) => Promise<BusPair>;

/** What never comes fails the test that waits for it. */
const LONGEST_MS = 60_000;
const test = (name: string, run: (t: TestContext) => Promise<void>) => nodeTest(name, { timeout: LONGEST_MS }, run);

/** What every implementation of the Bus answers alike. */
export function busConformance(name: string, makeBus: MakeBus): void {
  suite(name, () => {
    suite('logs', () => logConformance(makeBus));
    suite('objects', () => objectConformance(makeBus));
    suite('live channel', () => liveConformance(makeBus));
    suite('presence', () => presenceConformance(makeBus));
    test('a closed Bus ends its iterations and refuses everything else', async (t) => {
      const { here, there } = await makeBus(t, {});
      const { signal } = new AbortController();
      const iterations = [
        collect(here.logs.follow(newId(), 0, signal)),
        collect(here.logs.followAll(signal)),
        collect(here.live.subscribe('a.>', signal)),
        collect(here.presence.watch(signal)),
      ];
      await there.logs.append(newId(), 0, bytes('x'));
      await here.close();
      await Promise.all(iterations);
      await assert.rejects(here.logs.append(newId(), 0, bytes('x')), { code: 'unavailable' });
      await assert.rejects(here.logs.read(newId()), { code: 'unavailable' });
      await assert.rejects(here.objects.put('a', bytes('x')), { code: 'unavailable' });
      await assert.rejects(here.presence.announce(beatOf('g')), { code: 'unavailable' });
      assert.throws(() => here.live.publish('a', bytes('x')), { code: 'unavailable' });
    });
  });
}

function logConformance(makeBus: MakeBus): void {
  test('entries come back as they were appended, in order', async (t) => {
    const { here, there } = await makeBus(t, {});
    const id = newId();
    const texts = ['one', 'two', 'three'];
    const sequences = await appendAll(here, id, texts);
    const stored = await there.logs.read(id);
    assert.deepEqual(stored.map(textOf), texts);
    assert.deepEqual(stored.map(sequenceOf), sequences);
    assert.ok(isIncreasing(sequences), `${sequences}`);
  });

  test('an entry may hold any bytes, and belongs to the log alone', async (t) => {
    const { here } = await makeBus(t, {});
    const id = newId();
    const entry = Uint8Array.from({ length: 256 }, (_, i) => i);
    const padded = new Uint8Array(300).fill(7);
    padded.set(entry, 20);
    const view = padded.subarray(20, 276);
    await here.logs.append(id, 0, view);
    view.fill(0);
    const [first] = await here.logs.read(id);
    first?.entry.fill(0);
    const [again] = await here.logs.read(id);
    assert.deepEqual(new Uint8Array(again?.entry ?? []), entry);
  });

  test('reading goes on after a sequence', async (t) => {
    const { here } = await makeBus(t, {});
    const id = newId();
    const sequences = await appendAll(here, id, ['one', 'two', 'three']);
    assert.deepEqual((await here.logs.read(id, sequences[0])).map(textOf), ['two', 'three']);
    assert.deepEqual(await here.logs.read(id, sequences[2]), []);
  });

  test('an unknown log is empty', async (t) => {
    const { here } = await makeBus(t, {});
    assert.deepEqual(await here.logs.read(newId()), []);
  });

  test('an append that does not know the last entry is a conflict and stores nothing', async (t) => {
    const { here, there } = await makeBus(t, {});
    const id = newId();
    await assert.rejects(here.logs.append(id, 1, bytes('too late')), isLogConflict);
    const [first = 0, second = 0] = await appendAll(here, id, ['one', 'two']);
    for (const stale of [0, first, second + 1]) {
      await assert.rejects(there.logs.append(id, stale, bytes('stale')), isLogConflict);
    }
    assert.deepEqual((await there.logs.read(id)).map(textOf), ['one', 'two']);
  });

  test('of many writers that know the same log exactly one succeeds', async (t) => {
    const { here, there } = await makeBus(t, {});
    const id = newId();
    let last = 0;
    for (let round = 0; round < 20; round += 1) {
      const writers = [here, there, here, there, here];
      const outcomes = await Promise.allSettled(
        writers.map((bus, writer) => bus.logs.append(id, last, bytes(`${round}/${writer}`))),
      );
      const winners = outcomes.filter((outcome) => outcome.status === 'fulfilled');
      const losers = outcomes.filter((outcome) => outcome.status === 'rejected');
      assert.equal(winners.length, 1);
      for (const { reason } of losers) assert.ok(isLogConflict(reason), String(reason));
      last = winners[0]?.value ?? 0;
    }
    assert.equal((await here.logs.read(id)).length, 20);
  });

  test('writing to one log is no conflict in another', async (t) => {
    const { here, there } = await makeBus(t, {});
    const [a, b] = [newId(), newId()];
    const lasts = { [a]: 0, [b]: 0 };
    for (let i = 0; i < 10; i += 1) {
      const writers = [a, b].map(async (id, i) => {
        lasts[id] = (await [here, there][i % 2]?.logs.append(id, lasts[id] ?? 0, bytes(id))) ?? 0;
      });
      await Promise.all(writers);
    }
    assert.deepEqual((await here.logs.read(a)).map(textOf), Array(10).fill(a));
  });

  test('a follower sees what was stored and what comes, each once and in order', async (t) => {
    const { here, there } = await makeBus(t, {});
    const id = newId();
    const total = 200;
    const follower = (async () => {
      const seen: string[] = [];
      for await (const stored of there.logs.follow(id, 0, t.signal)) {
        if (seen.push(textOf(stored)) === total) break;
      }
      return seen;
    })();
    let lateFollower: Promise<string[]> | undefined;
    let last = 0;
    for (let i = 0; i < total; i += 1) {
      last = await here.logs.append(id, last, bytes(`${i}`));
      if (i === total / 2) {
        const after = last;
        lateFollower = take(there.logs.follow(id, after, t.signal), total / 2 - 1).then((seen) => seen.map(textOf));
      }
    }
    const expected = Array.from({ length: total }, (_, i) => `${i}`);
    assert.deepEqual(await follower, expected);
    assert.deepEqual(await lateFollower, expected.slice(total / 2 + 1));
  });

  test('an append that fails is not followed', async (t) => {
    const { here, there } = await makeBus(t, {});
    const id = newId();
    const following = take(there.logs.follow(id, 0, t.signal), 2);
    const [first = 0] = await appendAll(here, id, ['one']);
    await assert.rejects(there.logs.append(id, 0, bytes('stale')), isLogConflict);
    await here.logs.append(id, first, bytes('two'));
    assert.deepEqual((await following).map(textOf), ['one', 'two']);
  });

  test('a follower that is slow misses nothing', async (t) => {
    const { here, there } = await makeBus(t, {});
    const id = newId();
    const iterator = there.logs.follow(id, 0, t.signal)[Symbol.asyncIterator]();
    await here.logs.append(id, 0, bytes('first'));
    const first = await iterator.next();
    let last = first.done ? 0 : first.value.sequence;
    for (let i = 0; i < 1_000; i += 1) last = await here.logs.append(id, last, bytes(`${i}`));
    const rest: string[] = [];
    while (rest.length < 1_000) {
      const { value, done } = await iterator.next();
      if (done) break;
      rest.push(textOf(value));
    }
    await iterator.return?.();
    assert.deepEqual(
      rest,
      Array.from({ length: 1_000 }, (_, i) => `${i}`),
    );
  });

  test('the signal ends following without an error', async (t) => {
    const { here } = await makeBus(t, {});
    const stop = new AbortController();
    const following = collect(here.logs.follow(newId(), 0, stop.signal));
    const followingAll = collect(here.logs.followAll(stop.signal));
    await here.logs.append(newId(), 0, bytes('x'));
    stop.abort();
    assert.deepEqual(await following, []);
    await followingAll;
    assert.deepEqual(await collect(here.logs.follow(newId(), 0, AbortSignal.abort())), []);
  });

  test('deleting a log empties it and ends its followers', async (t) => {
    const { here, there } = await makeBus(t, {});
    const [id, kept] = [newId(), newId()];
    const [last = 0] = await appendAll(here, id, ['one']);
    await here.logs.append(kept, 0, bytes('kept'));
    const iterator = there.logs.follow(id, 0, t.signal)[Symbol.asyncIterator]();
    await iterator.next();
    const waiting = iterator.next();
    const keptFollower = take(there.logs.follow(kept, 0, t.signal), 2);
    await here.logs.delete(id);
    assert.equal((await waiting).done, true);
    assert.deepEqual(await there.logs.read(id), []);
    assert.deepEqual(await collect(there.logs.follow(id, last, t.signal)), []);
    assert.deepEqual(await collect(there.logs.follow(id, 0, t.signal)), []);
    const [keptLast = 0] = (await here.logs.read(kept)).map(sequenceOf);
    await here.logs.append(kept, keptLast, bytes('still kept'));
    assert.equal((await keptFollower).length, 2);
  });

  test('a late writer cannot bring a deleted log back', async (t) => {
    const { here, there } = await makeBus(t, {});
    const id = newId();
    const [last = 0] = await appendAll(here, id, ['one']);
    await here.logs.delete(id);
    await assert.rejects(there.logs.append(id, last, bytes('late')), isLogConflict);
    await assert.rejects(there.logs.append(id, 0, bytes('late')), isLogConflict);
    assert.deepEqual(await here.logs.read(id), []);
  });

  test('deleting twice, or an unknown log, does nothing', async (t) => {
    const { here } = await makeBus(t, {});
    const id = newId();
    await appendAll(here, id, ['one']);
    await here.logs.delete(id);
    await here.logs.delete(id);
    await here.logs.delete(newId());
  });

  test('following all logs replays them in order, says so, and goes on with entries and deletions', async (t) => {
    const { here, there } = await makeBus(t, {});
    const [a, b, gone, late] = [newId(), newId(), newId(), newId()];
    const [a1 = 0] = await appendAll(here, a, ['a1']);
    await appendAll(here, b, ['b1']);
    const [gone1 = 0] = await appendAll(here, gone, ['g1']);
    assert.ok(gone1 > a1);
    await here.logs.delete(gone);
    await here.logs.append(a, a1, bytes('a2'));

    const stop = new AbortController();
    const notices: LogNotice[] = [];
    for await (const notice of there.logs.followAll(stop.signal)) {
      notices.push(notice);
      if (notice.type === 'caught-up') {
        await appendAll(here, late, ['l1']);
        await here.logs.delete(b);
      }
      if (notice.type === 'deleted') stop.abort();
    }
    assert.deepEqual(
      notices.map((notice) => (notice.type === 'entry' ? [notice.generationId, textOf(notice)] : notice)),
      [[a, 'a1'], [b, 'b1'], [a, 'a2'], { type: 'caught-up' }, [late, 'l1'], { type: 'deleted', generationId: b }],
    );
    assert.ok(isIncreasing(notices.flatMap((notice) => (notice.type === 'entry' ? [notice.sequence] : []))));
  });

  test('following all logs while they are written has no gap and no double', async (t) => {
    const { here, there } = await makeBus(t, {});
    const ids = Array.from({ length: 8 }, newId);
    const each = 25;
    const writing = Promise.all(
      ids.map((id, i) =>
        appendAll(
          [here, there][i % 2] as Bus,
          id,
          Array.from({ length: each }, (_, n) => `${n}`),
        ),
      ),
    );
    await here.logs.append(newId(), 0, bytes('before'));
    const seen = new Map<string, string[]>(ids.map((id) => [id, []]));
    let entries = 0;
    for await (const notice of there.logs.followAll(t.signal)) {
      if (notice.type !== 'entry') continue;
      seen.get(notice.generationId)?.push(textOf(notice));
      entries += 1;
      if (entries === ids.length * each + 1) break;
    }
    await writing;
    for (const texts of seen.values())
      assert.deepEqual(
        texts,
        Array.from({ length: each }, (_, n) => `${n}`),
      );
  });

  test('what is appended while all logs are replayed comes once, in order', async (t) => {
    const { here, there } = await makeBus(t, {});
    const id = newId();
    const [first = 0] = await appendAll(here, id, ['1']);
    let last = await here.logs.append(id, first, bytes('2'));
    const seen: string[] = [];
    let caughtUp = 0;
    for await (const notice of there.logs.followAll(t.signal)) {
      if (notice.type === 'caught-up') caughtUp += 1;
      if (notice.type !== 'entry') continue;
      seen.push(textOf(notice));
      if (seen.length <= 2) last = await here.logs.append(id, last, bytes(`${seen.length + 2}`));
      if (seen.length === 4) break;
    }
    assert.deepEqual(seen, ['1', '2', '3', '4']);
    assert.equal(caughtUp, 1);
  });

  test('an empty Bus is caught up with at once', async (t) => {
    const { here } = await makeBus(t, {});
    assert.deepEqual(await take(here.logs.followAll(t.signal), 1), [{ type: 'caught-up' }]);
  });

  test('entries of the largest size are stored, larger ones and impossible ids are refused by name', async (t) => {
    const { here } = await makeBus(t, {});
    const id = newId();
    // The wire's own headers count towards a message of NATS.
    await here.logs.append(id, 0, new Uint8Array(MAX_ENTRY_BYTES - 1024));
    await assert.rejects(here.logs.append(newId(), 0, new Uint8Array(MAX_ENTRY_BYTES + 1)), {
      code: 'invalid_argument',
      field: 'entry',
    });
    for (const impossible of ['', 'a.b', 'a b', '*', '>', 'a'.repeat(1_000)]) {
      await assert.rejects(here.logs.append(impossible, 0, bytes('x')), {
        code: 'invalid_argument',
        field: 'generation_id',
      });
    }
  });
}

function objectConformance(makeBus: MakeBus): void {
  test('an object comes back as it was put, of any size', async (t) => {
    const { here, there } = await makeBus(t, {});
    const object = new Uint8Array(3 * 1024 * 1024).map((_, i) => i * 31);
    const put = object.slice();
    await here.objects.put('gen/1/20', put);
    put.fill(0);
    assert.deepEqual(new Uint8Array((await there.objects.get('gen/1/20')) ?? []), object);
    await here.objects.put('gen/1/empty', new Uint8Array(0));
    assert.equal((await there.objects.get('gen/1/empty'))?.length, 0);
    assert.equal(await there.objects.get('gen/1/21'), undefined);
  });

  test('an object never changes', async (t) => {
    const { here, there } = await makeBus(t, {});
    await here.objects.put('gen/1/20', bytes('latent'));
    await there.objects.put('gen/1/20', bytes('latent'));
    await assert.rejects(there.objects.put('gen/1/20', bytes('Latent')), { code: 'already_exists' });
    await assert.rejects(there.objects.put('gen/1/20', bytes('latents')), { code: 'already_exists' });
    assert.deepEqual(await text(here, 'gen/1/20'), 'latent');
  });

  test('a deleted object is gone', async (t) => {
    const { here, there } = await makeBus(t, {});
    await here.objects.put('gen/1/20', bytes('latent'));
    await there.objects.delete('gen/1/20');
    await there.objects.delete('gen/1/20');
    assert.equal(await here.objects.get('gen/1/20'), undefined);
    assert.deepEqual(await here.objects.list(''), []);
  });

  test('objects are listed by prefix with their sizes, oldest first', async (t) => {
    const { here, there } = await makeBus(t, {});
    const before = Date.now();
    await here.objects.put('b/1/2', bytes('22'));
    await here.objects.put('a/1/1', bytes('1'));
    await here.objects.put('b/1/1', bytes('333'));
    const listed = await there.objects.list('b/');
    assert.deepEqual(
      listed.map(({ name, sizeBytes }) => [name, sizeBytes]),
      [
        ['b/1/2', 2],
        ['b/1/1', 3],
      ],
    );
    // A store keeps its own clock, and perhaps whole seconds.
    for (const { storedAtMs } of listed) assert.ok(Math.abs(storedAtMs - before) < 60_000);
    assert.equal((await there.objects.list('')).length, 3);
    assert.deepEqual(await there.objects.list('c'), []);
  });

  test('impossible names are refused', async (t) => {
    const { here } = await makeBus(t, {});
    for (const name of ['', '/a', 'a//b', 'a b', 'a/*']) {
      await assert.rejects(here.objects.put(name, bytes('x')), { code: 'invalid_argument' });
    }
  });
}

function liveConformance(makeBus: MakeBus): void {
  test('a message reaches every subscription that its subject matches, with its own bytes', async (t) => {
    const { here, there } = await makeBus(t, {});
    const subject = 'live.g1.preview';
    const matching = [subject, 'live.*.preview', 'live.>', 'live.g1.>', '*.g1.preview', '>'];
    const others = [
      ['live.g2.preview', 'live.g2.preview'],
      ['live.*', 'live.g1'],
      ['live.g1', 'live.g1'],
      ['live.g1.preview.>', 'live.g1.preview.small'],
      ['*.*.*.*', 'live.g1.preview.small'],
    ] as const;
    const hearing = await Promise.all(matching.map((pattern) => heard(there, pattern, subject, here, t)));
    const notHearing = await Promise.all(others.map(([pattern, its]) => heard(there, pattern, its, here, t)));
    const payload = bytes('preview');
    here.live.publish(subject, payload);
    payload.fill(0);
    for (const next of hearing) {
      const message = await next();
      assert.deepEqual([message.subject, textOf({ entry: message.payload })], [subject, 'preview']);
    }
    for (const [, its] of others) here.live.publish(its, bytes('another'));
    for (const next of notHearing) assert.equal(textOf({ entry: (await next()).payload }), 'another');
  });

  test('messages of one publisher come in order', async (t) => {
    const { here, there } = await makeBus(t, {});
    const next = await heard(there, 'live.g1', 'live.g1', here, t);
    for (let i = 0; i < 100; i += 1) here.live.publish('live.g1', bytes(`${i}`));
    for (let i = 0; i < 100; i += 1) assert.equal(textOf({ entry: (await next()).payload }), `${i}`);
  });

  test('a slow subscriber loses the oldest messages and keeps the newest', async (t) => {
    const { here, there } = await makeBus(t, {});
    const next = await heard(there, 'live.g1', 'live.g1', here, t);
    const total = 4 * MAX_WAITING_MESSAGES;
    for (let i = 1; i <= total; i += 1) here.live.publish('live.g1', bytes(`${i}`));
    // One publisher's messages come in order: all of them are there when this is.
    await heard(there, 'done', 'done', here, t);
    const seen: number[] = [];
    while (seen.at(-1) !== total) seen.push(Number(textOf({ entry: (await next()).payload })));
    assert.ok(seen.length <= MAX_WAITING_MESSAGES + 1, `${seen.length} messages waited`);
    assert.ok(isIncreasing(seen));
  });

  test('publishing never waits for a subscriber, and large messages waiting are bounded too', async (t) => {
    const { here, there } = await makeBus(t, {});
    const next = await heard(there, 'live.g1', 'live.g1', here, t);
    const large = new Uint8Array(MAX_LIVE_BYTES / 2);
    for (let i = 1; i <= 64; i += 1) {
      large[0] = i;
      here.live.publish('live.g1', large);
    }
    await heard(there, 'done', 'done', here, t);
    let count = 0;
    for (let newest = 0; newest !== 64; count += 1) newest = (await next()).payload[0] ?? 0;
    assert.ok(count <= 17, `${count} half-megabyte messages waited`);
  });

  test('leaving a subscription, or its signal, ends it', async (t) => {
    const { here, there } = await makeBus(t, {});
    const stop = new AbortController();
    const ending = collect(there.live.subscribe('live.>', stop.signal));
    const next = await heard(there, 'live.g1', 'live.g1', here, t);
    stop.abort();
    await ending;
    here.live.publish('live.g1', bytes('still heard by the other'));
    assert.equal((await next()).subject, 'live.g1');
  });

  test('larger messages, wildcards in a subject and impossible patterns are refused', async (t) => {
    const { here } = await makeBus(t, {});
    const refused = { code: 'invalid_argument' };
    assert.throws(() => here.live.publish('live.g1', new Uint8Array(MAX_LIVE_BYTES + 1)), refused);
    for (const subject of ['', 'live.*', 'live.>', 'live..g1', 'live g1']) {
      assert.throws(() => here.live.publish(subject, bytes('x')), refused);
    }
    for (const pattern of ['', '>.live', 'live.g*', 'live..>']) {
      assert.throws(() => here.live.subscribe(pattern, t.signal), refused);
    }
  });
}

function presenceConformance(makeBus: MakeBus): void {
  test('a gateway that beats is present with its newest beat', async (t) => {
    const { here, there } = await makeBus(t, {});
    const changes = there.presence.watch(t.signal)[Symbol.asyncIterator]();
    const joined = changes.next();
    await here.presence.announce(beatOf('g1', 1));
    assert.deepEqual((await joined).value, { type: 'joined', beat: beatOf('g1', 1) });
    const second = changes.next();
    await here.presence.announce(beatOf('g1', 2));
    await here.presence.announce(beatOf('g2'));
    assert.deepEqual((await second).value, { type: 'joined', beat: beatOf('g2') });
    assert.deepEqual(
      [...there.presence.list()].sort((a, b) => a.gatewayId.localeCompare(b.gatewayId)),
      [beatOf('g1', 2), beatOf('g2')],
    );
  });

  test('a gateway that withdraws is gone at once', async (t) => {
    const { here, there } = await makeBus(t, { presenceExpiryMs: 3_600_000 });
    const changes = there.presence.watch(t.signal)[Symbol.asyncIterator]();
    const joined = changes.next();
    await here.presence.announce(beatOf('g1'));
    await joined;
    const left = changes.next();
    await here.presence.withdraw('g1');
    assert.deepEqual((await left).value, { type: 'left', gatewayId: 'g1', reason: 'withdrawn' });
    assert.deepEqual(there.presence.list(), []);
  });

  test('a silent gateway is gone after the time that its observer measures, and may return', async (t) => {
    const presenceExpiryMs = 300;
    const { here, there } = await makeBus(t, { presenceExpiryMs });
    const changes = there.presence.watch(t.signal)[Symbol.asyncIterator]();
    const joined = changes.next();
    await here.presence.announce(beatOf('g1'));
    await joined;
    const heardAtMs = performance.now();
    assert.deepEqual((await changes.next()).value, { type: 'left', gatewayId: 'g1', reason: 'silent' });
    // It was heard a moment before this test heard of it.
    assert.ok(performance.now() - heardAtMs > presenceExpiryMs - 100);
    assert.deepEqual(there.presence.list(), []);
    const back = changes.next();
    await here.presence.announce(beatOf('g1', 5));
    assert.deepEqual((await back).value, { type: 'joined', beat: beatOf('g1', 5) } satisfies PresenceChange);
  });

  test('a gateway that says how it is and renews no lease is missed', async (t) => {
    const { here, there } = await makeBus(t, { presenceExpiryMs: 300 });
    const changes = there.presence.watch(t.signal)[Symbol.asyncIterator]();
    const joined = changes.next();
    assert.equal(there.presence.silentMs('g1'), undefined);
    await here.presence.announce({ ...beatOf('g1'), renewedMs: 7 });
    await joined;
    assert.ok((there.presence.silentMs('g1') ?? -1) >= 0);
    const talking = setInterval(() => void here.presence.announce({ ...beatOf('g1'), renewedMs: 7 }), 20);
    t.after(() => clearInterval(talking));
    assert.deepEqual((await changes.next()).value, { type: 'left', gatewayId: 'g1', reason: 'silent' });
    clearInterval(talking);
    assert.ok((there.presence.silentMs('g1') ?? 0) >= 300);
    const back = changes.next();
    await here.presence.announce({ ...beatOf('g1', 3), renewedMs: 8 });
    assert.deepEqual((await back).value, { type: 'joined', beat: { ...beatOf('g1', 3), renewedMs: 8 } });
    const left = changes.next();
    await here.presence.withdraw('g1');
    await left;
    assert.equal(there.presence.silentMs('g1'), undefined);
  });

  test('steps of the wall clock change nothing', async (t) => {
    const { here, there } = await makeBus(t, { presenceExpiryMs: 60_000 });
    const joined = there.presence.watch(t.signal)[Symbol.asyncIterator]().next();
    await here.presence.announce(beatOf('g1'));
    await joined;
    const now = Date.now();
    for (const step of [3_600_000, -3_600_000]) {
      const { mock } = t.mock.method(Date, 'now', () => now + step);
      assert.equal(there.presence.list().length, 1);
      mock.restore();
    }
  });
}

/**
 * A subscription that is known to work: what is published from now on is the
 * next that the returned function gives. Probes it until it hears, because a
 * live channel promises nothing about messages on their way.
 */
async function heard(
  subscriber: Bus,
  pattern: string,
  subject: string,
  publisher: Bus,
  t: TestContext,
): Promise<() => Promise<LiveMessage>> {
  const iterator = subscriber.live.subscribe(pattern, t.signal)[Symbol.asyncIterator]();
  const nextOfAll = async () => {
    const { value, done } = await iterator.next();
    if (done) throw new TesseraError('internal', `the subscription to ${pattern} ended`);
    return value as LiveMessage;
  };
  const probe = bytes(`${PROBE}${randomUUID()}`);
  const probing = setInterval(() => publisher.live.publish(subject, probe), 10);
  publisher.live.publish(subject, probe);
  try {
    while (Buffer.compare((await nextOfAll()).payload, probe) !== 0);
  } finally {
    clearInterval(probing);
  }
  return async () => {
    for (;;) {
      const message = await nextOfAll();
      if (!textOf({ entry: message.payload.subarray(0, PROBE.length) }).startsWith(PROBE)) return message;
    }
  };
}

const PROBE = 'probe ';

function beatOf(gatewayId: string, running = 0): GatewayBeat {
  return {
    gatewayId,
    address: '127.0.0.1:8470',
    pid: 1234,
    running,
    queued: 0,
    uptimeMs: 1_000,
    arithmeticVersion: 'a1',
    eventLoopLagP99Ms: 1.5,
    rssBytes: 2 ** 26,
  };
}

async function appendAll(bus: Bus, id: string, texts: readonly string[]): Promise<number[]> {
  const sequences: number[] = [];
  for (const text of texts) sequences.push(await bus.logs.append(id, sequences.at(-1) ?? 0, bytes(text)));
  return sequences;
}

async function text(bus: Bus, name: string): Promise<string> {
  return textOf({ entry: (await bus.objects.get(name)) ?? new Uint8Array(0) });
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

async function take<Item>(items: AsyncIterable<Item>, count: number): Promise<Item[]> {
  const taken: Item[] = [];
  for await (const item of items) if (taken.push(item) === count) break;
  return taken;
}

const newId = () => randomUUID();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = ({ entry }: Pick<StoredEntry, 'entry'>): string => new TextDecoder().decode(entry);
const sequenceOf = ({ sequence }: StoredEntry): number => sequence;
const isIncreasing = (numbers: readonly number[]) => numbers.every((n, i) => i === 0 || n > (numbers[i - 1] ?? n));
