import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Lease } from '@tessera/core';
import { LeaseObserver, turnOf } from '@tessera/gateway';
import { createMemoryBus } from '@tessera/runtime';
import { deferred } from '../../support/deferred.js';
import { eventually } from '../../support/processes.js';
import { isOn } from '../../support/protections.js';
import { startFakeDecoder, startFakeDenoiser, startFakeTextEncoder } from './fake-workers.js';
import { all, asked, generated, until, watched } from './test-gateway.js';
import { FAST_LEASES, recordWhere, startTwoGateways } from './two-gateways.js';

const request = { prompt: 'a', seed: 11, steps: 4, keepFor: { seconds: 60, nanos: 0 } };
const HOUR_MS = 3_600_000;
const LEASE_MS = 6_000;
const OLD_MS = 60_000;

test('silence is counted in the observer’s own time, from the beat that was heard last', () => {
  let ownMs = 0;
  const observer = new LeaseObserver(() => ownMs);
  observer.observe([{ gatewayId: 'a', uptimeMs: 10 }]);
  ownMs = 900;
  observer.observe([{ gatewayId: 'a', uptimeMs: 910 }]);
  ownMs = 1_500;
  observer.observe([{ gatewayId: 'a', uptimeMs: 910 }]);
  assert.equal(observer.silentMs('a'), 600);
  // One that was never heard is silent from when it was looked for.
  assert.equal(observer.silentMs('b'), 0);
  ownMs = 2_000;
  assert.equal(observer.silentMs('b'), 500);
});

test('a beat that renews nothing does not break the silence, and one that was heard a while ago counts from then', () => {
  let ownMs = 10_000;
  const observer = new LeaseObserver(() => ownMs);
  observer.observe([{ gatewayId: 'a', uptimeMs: 1_000, renewedMs: 1_000 }], () => 150);
  assert.equal(observer.silentMs('a'), 150);
  ownMs = 11_000;
  observer.observe([{ gatewayId: 'a', uptimeMs: 2_000, renewedMs: 1_000 }]);
  assert.equal(observer.silentMs('a'), 1_150);
  ownMs = 12_000;
  observer.observe([{ gatewayId: 'a', uptimeMs: 3_000, renewedMs: 3_000 }]);
  assert.equal(observer.silentMs('a'), 0);
});

test('a lost holder has no turn', () => {
  const gateways = ['lost', 'left'].map((gatewayId) => ({ gatewayId, arithmeticVersion: 'v', uptimeMs: OLD_MS }));
  for (let i = 0; i < 20; i += 1) {
    const record = { generationId: `g${i}`, lease: { holder: 'lost', fence: 1 } };
    assert.equal(turnOf('left', record, gateways, LEASE_MS), 0);
  }
});

test('gateways agree on whose turn it is, and take turns', () => {
  const gateways = ['a', 'b', 'c'].map((gatewayId) => ({ gatewayId, arithmeticVersion: 'v', uptimeMs: OLD_MS }));
  const firsts = new Set<string>();
  for (let i = 0; i < 50; i += 1) {
    const turns = gateways.map(({ gatewayId }) => turnOf(gatewayId, { generationId: `g${i}` }, gateways, LEASE_MS));
    assert.deepEqual([...turns].sort(), [0, 1, 2]);
    firsts.add(gateways[turns.indexOf(0)]?.gatewayId ?? '');
  }
  assert.equal(firsts.size, 3);
});

test('a gateway of another arithmetic version takes a begun generation only when there is none of the right one', () => {
  const begun = { generationId: 'g', arithmetic: { numericClass: 'n', arithmeticVersion: 'v1' } };
  const [right, wrong] = [
    { gatewayId: 'a', arithmeticVersion: 'v1', uptimeMs: OLD_MS },
    { gatewayId: 'b', arithmeticVersion: 'v2', uptimeMs: OLD_MS },
  ];
  assert.equal(turnOf('b', begun, [right, wrong], LEASE_MS), undefined);
  assert.equal(turnOf('b', begun, [wrong], LEASE_MS), 0);
  assert.equal(turnOf('b', begun, [{ ...right, draining: true }, wrong], LEASE_MS), 0);
});

test('nobody waits for a gateway that began too lately to have missed the holder', () => {
  const gateways = [
    { gatewayId: 'old', arithmeticVersion: 'v', uptimeMs: OLD_MS },
    { gatewayId: 'new', arithmeticVersion: 'v', uptimeMs: LEASE_MS - 1 },
  ];
  const turnsOf = (gatewayId: string, lease: Lease) =>
    new Set(
      Array.from({ length: 50 }, (_, i) => turnOf(gatewayId, { generationId: `g${i}`, lease }, gateways, LEASE_MS)),
    );
  assert.deepEqual(turnsOf('old', { holder: 'lost', fence: 1 }), new Set([0]));
  assert.deepEqual(turnsOf('new', { holder: 'lost', fence: 1 }), new Set([1]));
  // What was let go of, nobody has to be missed for.
  assert.deepEqual([...turnsOf('new', { fence: 1 })].sort(), [0, 1]);
});

test('a wall clock that is set ends no lease', async (t) => {
  const letGo = deferred();
  t.after(() => letGo.resolve());
  const denoiser = await startFakeDenoiser(t, { beforeAnswer: (n) => (n < 2 ? Promise.resolve() : letGo.promise) });
  const workers = [await startFakeTextEncoder(t), denoiser, await startFakeDecoder(t)];
  const protections = { monotonicLeases: isOn('monotonic-leases') };
  const leaseTimes = { ...FAST_LEASES, turnMs: 0 };
  const { first, bus } = await startTwoGateways(t, workers, { protections, leaseTimes });
  const events = generated(first.client, request);
  const { generationId } = await until(events, 'started');
  await recordWhere(bus, generationId, ({ checkpoints }) => checkpoints[0]?.[0]?.stepIndex === 2);
  const { now } = Date;
  // The other gateway has heard of the holder; that it hears of it just as the clock is set is then seldom, and not each time.
  await new Promise((resolve) => setTimeout(resolve, FAST_LEASES.expiryMs));
  const steps = [HOUR_MS, -HOUR_MS, 0];
  for (const step of [...steps, ...steps, ...steps]) {
    t.mock.method(Date, 'now', () => now() + step);
    // Several of its looks at the lease; no multiple of the beats, which would come with every step if with one.
    await new Promise((resolve) => setTimeout(resolve, 1.5 * FAST_LEASES.beatMs));
    t.mock.restoreAll();
  }
  letGo.resolve();
  await all(events);
  const record = await first.gateway.log.read(generationId);
  assert.deepEqual(record?.lease, { holder: 'first', fence: 1 });
});

test('what waits at a gateway that is lost is taken up by another', async (t) => {
  const letGo = deferred();
  t.after(() => letGo.resolve());
  const denoiser = await startFakeDenoiser(t, { beforeAnswer: () => letGo.promise });
  const workers = [await startFakeTextEncoder(t), denoiser, await startFakeDecoder(t)];
  const { first, second, bus } = await startTwoGateways(t, workers);
  const running = [1, 2, 3, 4, 5, 6].map((seed) => generated(first.client, { ...request, seed }));
  const ids = await Promise.all(running.map(async (events) => (await until(events, 'accepted')).generationId));
  first.own.freeze();
  for (const id of ids) await recordWhere(bus, id, ({ lease }) => lease?.holder === 'second');
  letGo.resolve();
  for (const generationId of ids) {
    assert.equal((await all(watched(second.client, { generationId }))).at(-1)?.type, 'completed');
  }
  for (const events of running) await events.return();
});

test('a generation whose gateway is lost can be cancelled, listed, read and deleted on another', async (t) => {
  const never = deferred();
  t.after(() => never.resolve());
  const denoiser = await startFakeDenoiser(t, { beforeAnswer: (n) => (n < 2 ? Promise.resolve() : never.promise) });
  const workers = [await startFakeTextEncoder(t), denoiser, await startFakeDecoder(t)];
  const { first, second } = await startTwoGateways(t, workers);
  const events = generated(first.client, request);
  const { generationId } = await until(events, 'started');
  first.own.freeze();
  const { generation } = await asked(second.client, 'getGeneration', { generationId });
  assert.equal(generation?.state, 'GENERATION_STATE_RUNNING');
  assert.equal((await asked(second.client, 'listGenerations', {})).generations.length, 1);
  assert.equal((await asked(second.client, 'cancel', { generationId })).state, 'GENERATION_STATE_CANCELLED');
  await asked(second.client, 'deleteGeneration', { generationId });
  await assert.rejects(asked(second.client, 'getGeneration', { generationId }), { code: 'not_found' });
  await events.return();
});

test('a gateway that goes down leaves its generations to another at once, as far as they have come', async (t) => {
  const letGo = deferred();
  t.after(() => letGo.resolve());
  const denoiser = await startFakeDenoiser(t, { beforeAnswer: (n) => (n < 2 ? Promise.resolve() : letGo.promise) });
  const workers = [await startFakeTextEncoder(t), denoiser, await startFakeDecoder(t)];
  const { first, second, bus } = await startTwoGateways(t, workers);
  const events = generated(first.client, request);
  const { generationId } = await until(events, 'started');
  await recordWhere(bus, generationId, ({ checkpoints }) => checkpoints[0]?.[0]?.stepIndex === 2);
  // Far more than the lease: it is not waited for.
  const drained = first.gateway.drain(60_000);
  await assert.rejects(all(events), { code: 'unavailable', reason: 'RESUME' });
  await drained;
  letGo.resolve();
  assert.equal((await all(watched(second.client, { generationId }))).at(-1)?.type, 'completed');
  // Two steps by the first, two by the second, and the call that the first withdrew.
  assert.equal(denoiser.calls.length, 5);
});

test('a gateway that may have to go on with a generation has its prompts encoded before the lease ends', async (t) => {
  const never = deferred();
  t.after(() => never.resolve());
  const encoder = await startFakeTextEncoder(t);
  const denoiser = await startFakeDenoiser(t, { beforeAnswer: (n) => (n === 2 ? never.promise : Promise.resolve()) });
  // Half of it is long on any machine.
  const leaseTimes = { ...FAST_LEASES, expiryMs: 4_000 };
  const bus = createMemoryBus({ presenceExpiryMs: leaseTimes.expiryMs });
  const workers = [encoder, denoiser, await startFakeDecoder(t)];
  const { first, second } = await startTwoGateways(t, workers, { bus, leaseTimes });
  const events = generated(first.client, request);
  const { generationId } = await until(events, 'progress');
  const byFirst = [...encoder.prompts];
  first.own.freeze();
  assert.ok(await eventually(() => encoder.prompts.length === 2 * byFirst.length, 10_000), 'nothing was encoded');
  assert.equal((await second.gateway.log.read(generationId))?.lease?.holder, 'first');
  assert.equal((await all(watched(second.client, { generationId }))).at(-1)?.type, 'completed');
  assert.deepEqual(encoder.prompts, [...byFirst, ...byFirst]);
  await events.return();
});
