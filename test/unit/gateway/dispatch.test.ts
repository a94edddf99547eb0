import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '@tessera/client';
import { Tenants } from '@tessera/gateway';
import { type KeyedTenant, keyedTenant, keyRingOf } from '../../support/api-keys.js';
import { deferred } from '../../support/deferred.js';
import { isOn } from '../../support/protections.js';
import { type FakeWorker, startFakeDecoder, startFakeDenoiser, startFakeTextEncoder } from './fake-workers.js';
import { all, generated, receiptsOf, startTestGateway, type TestGateway, until } from './test-gateway.js';

const request = { prompt: 'a red apple', seed: 7, steps: 6 };

/** Workers that only one generation at a time uses are idle in between. */
async function ready({ gateway }: TestGateway) {
  while (gateway.workers.links.some(({ state }) => state !== 'ready')) {
    await gateway.workers.changed(AbortSignal.timeout(5_000));
  }
}

async function onOneDenoiser(t: Parameters<typeof startTestGateway>[0]) {
  const denoiser = await startFakeDenoiser(t);
  const workers = [await startFakeTextEncoder(t), denoiser, await startFakeDecoder(t)];
  const { client } = await startTestGateway(t, workers);
  const [receipt] = receiptsOf(await all(generated(client, request)));
  assert.deepEqual(
    denoiser.calls.map(({ conditionings }) => conditionings),
    Array(6).fill(2),
  );
  return receipt;
}

test('two idle denoisers take one half of guidance each, and the bits are those of one', async (t) => {
  const expected = await onOneDenoiser(t);
  const [one, two] = [await startFakeDenoiser(t), await startFakeDenoiser(t)];
  const cluster = await startTestGateway(t, [await startFakeTextEncoder(t), one, two, await startFakeDecoder(t)]);
  await ready(cluster);
  const [receipt] = receiptsOf(await all(generated(cluster.client, request)));
  assert.equal(receipt?.latentSha256, expected?.latentSha256);
  for (const { calls } of [one, two]) {
    assert.deepEqual(
      calls.map(({ conditionings }) => conditionings),
      Array(6).fill(1),
    );
  }
  // Each needs the conditioning of its half alone.
  assert.deepEqual([one.uploads.length, two.uploads.length], [1, 1]);
});

test('a half whose denoiser is lost goes to the other, and what follows is whole again', async (t) => {
  const expected = await onOneDenoiser(t);
  let victim: FakeWorker | undefined;
  const dying = await startFakeDenoiser(t, {
    beforeAnswer: async (n) => {
      if (n === 2) victim?.kill();
    },
  });
  victim = dying;
  const other = await startFakeDenoiser(t);
  const cluster = await startTestGateway(t, [await startFakeTextEncoder(t), dying, other, await startFakeDecoder(t)]);
  await ready(cluster);
  const [receipt] = receiptsOf(await all(generated(cluster.client, request)));
  assert.equal(receipt?.latentSha256, expected?.latentSha256);
  // Three halves with the other's help, the lost half again, and three whole steps.
  assert.equal(dying.calls.length, 3);
  assert.equal(
    other.calls.reduce((sum, { conditionings }) => sum + conditionings, 0),
    3 + 1 + 6,
  );
  assert.deepEqual(
    other.calls.slice(-3).map(({ conditionings }) => conditionings),
    [2, 2, 2],
  );
});

test('halves stay together where a second denoiser would make them later', async (t) => {
  const fast = await startFakeDenoiser(t, { evaluationMs: 1 });
  const slow = await startFakeDenoiser(t, { evaluationMs: 10 });
  const cluster = await startTestGateway(t, [await startFakeTextEncoder(t), fast, slow, await startFakeDecoder(t)]);
  await ready(cluster);
  await all(generated(cluster.client, request));
  assert.equal(slow.calls.length, 0);
});

test('one that seemed slow is tried now and then, by the half that is its own', async (t) => {
  const fast = await startFakeDenoiser(t, { evaluationMs: 1 });
  const slow = await startFakeDenoiser(t, { evaluationMs: 1_000 });
  const cluster = await startTestGateway(t, [await startFakeTextEncoder(t), fast, slow, await startFakeDecoder(t)]);
  await ready(cluster);
  await all(generated(cluster.client, { ...request, steps: 40 }));
  assert.deepEqual(
    slow.calls.map(({ conditionings }) => conditionings),
    [1, 1],
  );
});

test('a denoiser is handed what keeps it busy; the rest waits, and another tenant goes before it', async (t) => {
  const [flooding, other] = [keyedTenant('flooding'), keyedTenant('other', 3)];
  const gate = deferred();
  t.after(() => gate.resolve());
  const denoiser = await startFakeDenoiser(t, { beforeAnswer: () => gate.promise });
  const workers = [await startFakeTextEncoder(t), denoiser, await startFakeDecoder(t)];
  const { address, gateway } = await startTestGateway(t, workers, {
    tenants: new Tenants(keyRingOf([flooding, other])),
    protections: { fairOrder: isOn('late-order') },
  });
  const as = ({ keys }: KeyedTenant) => {
    const client = connect({ address, apiKey: keys[0] });
    t.after(() => client.close());
    return client;
  };
  const waiting = () => gateway.dispatcher.calls.waiting;
  // Four images at a time: each step is four calls, and there is room for two.
  const long = as(flooding).generate({ ...request, count: 4, steps: 3 });
  const { generationId: longId } = await until(long, 'started');
  while (denoiser.calls.length + waiting() / 2 < 4) await new Promise((resolve) => setImmediate(resolve));
  const late = as(other).generate({ ...request, steps: 1 }, { signal: AbortSignal.timeout(10_000) });
  const { generationId } = await until(late, 'started');
  while (denoiser.calls.length < 3) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(
    denoiser.calls.map((call) => call.generationId),
    [longId, longId, generationId],
  );
  assert.equal(waiting(), 4);
  const order = denoiser.calls[2]?.order;
  assert.deepEqual([order?.tenant, order?.weight], ['other', 3]);
  assert.equal(denoiser.calls[1]?.order?.virtualStart, 2);
  gate.resolve();
  await until(late, 'completed');
  await until(long, 'completed');
});

test('what is cached needs no text encoder, and the empty prompt is always kept', async (t) => {
  const encoder = await startFakeTextEncoder(t);
  const workers = [encoder, await startFakeDenoiser(t), await startFakeDecoder(t)];
  // No room but for the empty prompt.
  const none = await startTestGateway(t, workers, { conditioningCacheBytes: 0 });
  await all(generated(none.client, request));
  const [again] = receiptsOf(await all(generated(none.client, request)));
  assert.deepEqual(
    again?.cache.map(({ hit }) => hit),
    [true, false],
  );
  assert.deepEqual(encoder.prompts, ['', 'a red apple', 'a red apple']);

  const cached = await startTestGateway(t, workers);
  await all(generated(cached.client, request));
  encoder.kill();
  while (cached.gateway.workers.links.every(({ state }) => state !== 'lost')) {
    await cached.gateway.workers.changed(AbortSignal.timeout(5_000));
  }
  const [receipt] = receiptsOf(await all(generated(cached.client, { ...request, seed: 8 })));
  assert.deepEqual(
    receipt?.cache.map(({ hit }) => hit),
    [true, true],
  );
});

test('previews that are slow to make delay no step', async (t) => {
  const gate = deferred();
  const denoiser = await startFakeDenoiser(t);
  let held = 0;
  // The decoder makes previews here; the first one is held until every step is done.
  const decoder = await startFakeDecoder(t, {
    beforeAnswer: async (n) => {
      if (n > 0) return;
      held += 1;
      await gate.promise;
    },
  });
  const { client } = await startTestGateway(t, [await startFakeTextEncoder(t), denoiser, decoder]);
  const events = generated(client, { ...request, preview: { everySteps: 1, decoded: true } });
  for (;;) {
    const { stepIndex } = await until(events, 'progress');
    if (stepIndex === 5) break;
  }
  assert.equal(denoiser.calls.length, 6);
  assert.equal(held, 1);
  gate.resolve();
  await until(events, 'completed');
});
