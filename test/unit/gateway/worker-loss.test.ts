import assert from 'node:assert/strict';
import { test } from 'node:test';
import { status } from '@grpc/grpc-js';
import { TesseraError } from '@tessera/core';
import { deferred } from '../../support/deferred.js';
import { type FakeWorker, startFakeDecoder, startFakeDenoiser, startFakeTextEncoder } from './fake-workers.js';
import { all, asked, generated, receiptsOf, startTestGateway, until } from './test-gateway.js';

const request = { prompt: 'a red apple', seed: 7, steps: 6 };

async function undisturbed(t: Parameters<typeof startTestGateway>[0]) {
  const workers = [await startFakeTextEncoder(t), await startFakeDenoiser(t), await startFakeDecoder(t)];
  const { client } = await startTestGateway(t, workers);
  const [receipt] = receiptsOf(await all(generated(client, request)));
  return receipt;
}

test('a denoiser lost in the middle of a call costs that call: another takes it, with the same result', async (t) => {
  const expected = await undisturbed(t);
  let victim: FakeWorker | undefined;
  const dying = await startFakeDenoiser(t, {
    workerId: 'dying',
    beforeAnswer: async (n) => {
      if (n === 1) victim?.kill();
    },
  });
  victim = dying;
  // The slower one is asked only when the other is gone.
  const other = await startFakeDenoiser(t, { workerId: 'other', evaluationMs: 1_000 });
  const workers = [await startFakeTextEncoder(t), dying, other, await startFakeDecoder(t)];
  const { client, gateway } = await startTestGateway(t, workers);
  while (gateway.workers.ready('denoiser', expected?.modelSha256 ?? '').length < 2) {
    await gateway.workers.changed(AbortSignal.timeout(5_000));
  }
  const events = await all(generated(client, request));
  const [receipt] = receiptsOf(events);
  assert.equal(receipt?.imageSha256, expected?.imageSha256);
  assert.equal(receipt?.latentSha256, expected?.latentSha256);
  assert.deepEqual([dying.calls.length, other.calls.length], [2, 5]);
  assert.ok(!events.some(({ type }) => type === 'restarted'));
});

test('a denoiser that stops beating is given up, and its call goes elsewhere', async (t) => {
  const forEver = deferred();
  t.after(() => forEver.resolve());
  const silent = await startFakeDenoiser(t, { workerId: 'silent', beforeAnswer: () => forEver.promise });
  const workers = [await startFakeTextEncoder(t), silent, await startFakeDecoder(t)];
  const { client, gateway } = await startTestGateway(t, workers);
  const events = generated(client, request);
  await until(events, 'started');
  while (silent.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
  silent.stopBeating();
  while (gateway.workers.links.every(({ state }) => state !== 'lost')) {
    await gateway.workers.changed(AbortSignal.timeout(5_000));
  }
  // A new process takes the address, as after a restart by a supervisor.
  const { address } = silent;
  silent.kill();
  const successor = await startFakeDenoiser(t, { workerId: 'successor', listen: address });
  assert.equal((await until(events, 'completed')).images.length, 1);
  assert.equal(successor.calls.length, 6);
});

test('a failed decode is repeated from the kept latent, without denoising again', async (t) => {
  const expected = await undisturbed(t);
  const denoiser = await startFakeDenoiser(t);
  const decoder = await startFakeDecoder(t, {
    failure: (n) => (n < 2 ? { code: status.INTERNAL, details: 'out of memory' } : undefined),
  });
  const { client } = await startTestGateway(t, [await startFakeTextEncoder(t), denoiser, decoder]);
  const [receipt] = receiptsOf(await all(generated(client, request)));
  assert.equal(receipt?.imageSha256, expected?.imageSha256);
  assert.equal(decoder.decodes(), 3);
  assert.equal(denoiser.calls.length, 6);
});

test('a call that every worker fails ends the generation as unavailable', async (t) => {
  const decoder = await startFakeDecoder(t, { failure: () => ({ code: status.INTERNAL, details: 'broken' }) });
  const workers = [await startFakeTextEncoder(t), await startFakeDenoiser(t), decoder];
  const { client } = await startTestGateway(t, workers);
  const events = generated(client, request);
  assert.equal((await until(events, 'failed')).code, 'unavailable');
  await assert.rejects(events.next(), (error) => error instanceof TesseraError && error.code === 'unavailable');
  assert.equal(decoder.decodes(), 5);
});

test('a denoiser that forgot a conditioning gets it again', async (t) => {
  const expected = await undisturbed(t);
  const denoiser = await startFakeDenoiser(t, {
    // Forgotten between two calls, not in the middle of one.
    afterAnswer: (n) => {
      if (n === 2) denoiser.forget();
    },
  });
  const { client } = await startTestGateway(t, [await startFakeTextEncoder(t), denoiser, await startFakeDecoder(t)]);
  const [receipt] = receiptsOf(await all(generated(client, request)));
  assert.equal(denoiser.uploads.length, 4);
  assert.equal(receipt?.imageSha256, expected?.imageSha256);
});

test('a generation stays inside one numeric class', async (t) => {
  const [one, two] = [
    await startFakeDenoiser(t, { workerId: 'one', numericClass: 'class-a' }),
    await startFakeDenoiser(t, { workerId: 'two', numericClass: 'class-b' }),
  ];
  const { client, gateway } = await startTestGateway(t, [
    await startFakeTextEncoder(t),
    one,
    two,
    await startFakeDecoder(t),
  ]);
  while (gateway.workers.links.some(({ state }) => state !== 'ready')) {
    await gateway.workers.changed(AbortSignal.timeout(5_000));
  }
  for (let i = 0; i < 4; i += 1) {
    const before = [one.calls.length, two.calls.length];
    const [receipt] = receiptsOf(await all(generated(client, request)));
    const [byOne, byTwo] = [one.calls.length - (before[0] ?? 0), two.calls.length - (before[1] ?? 0)];
    assert.deepEqual([byOne, byTwo].sort(), [0, 6]);
    assert.equal(receipt?.numericClass, byOne === 6 ? 'class-a' : 'class-a+class-b');
  }
});

test('without any worker a request is refused as unavailable, and no model is served', async (t) => {
  const { client } = await startTestGateway(t, [], { waitUntilReady: false });
  await assert.rejects(all(generated(client, request)), (error) => {
    return error instanceof TesseraError && error.code === 'unavailable';
  });
  assert.deepEqual((await asked(client, 'listModels', {})).models, []);
});

test('a stage that stays away fails the generation as unavailable, after a bounded wait', async (t) => {
  const denoiser = await startFakeDenoiser(t);
  const { client, gateway } = await startTestGateway(
    t,
    [await startFakeTextEncoder(t), denoiser, await startFakeDecoder(t)],
    { dispatchLimits: { workerWaitMs: 100, attempts: 5, minBackoffMs: 5 } },
  );
  denoiser.kill();
  while (gateway.workers.links.every(({ state }) => state !== 'lost')) {
    await gateway.workers.changed(AbortSignal.timeout(5_000));
  }
  const events = generated(client, request);
  assert.equal((await until(events, 'failed')).code, 'unavailable');
});
