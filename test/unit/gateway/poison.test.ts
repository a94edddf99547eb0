import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { deferred } from '../../support/deferred.js';
import { type DenoiserCall, startFakeDecoder, startFakeDenoiser, startFakeTextEncoder } from './fake-workers.js';
import { all, asked, generated, receiptsOf, startTestGateway, until } from './test-gateway.js';

// Without guidance a step is one evaluation.
const request = { prompt: 'a', seed: 3, steps: 4, guidanceScale: 1 };

/** So many denoisers that end at calls of these generations, and a gateway that knows them all. */
async function clusterOf(t: TestContext, count: number, crashesOn: (call: DenoiserCall) => boolean) {
  const denoisers = await Promise.all(
    Array.from({ length: count }, (_, i) => startFakeDenoiser(t, { workerId: `d${i}`, crashesOn })),
  );
  const workers = [await startFakeTextEncoder(t), ...denoisers, await startFakeDecoder(t)];
  const gateway = await startTestGateway(t, workers);
  while (gateway.gateway.workers.links.some(({ state }) => state !== 'ready')) {
    await gateway.gateway.workers.changed(AbortSignal.timeout(5_000));
  }
  return { ...gateway, denoisers };
}

test('a generation that ends every denoiser is failed by name after three, and its neighbours are unharmed', async (t) => {
  const poisoned = new Set<string>();
  const { client, denoisers } = await clusterOf(t, 6, ({ generationId }) => poisoned.has(generationId));
  const expected = receiptsOf(await all(generated(client, request)))[0]?.latentSha256;
  const before = denoisers.reduce((sum, { calls }) => sum + calls.length, 0);
  const poison = generated(client, { ...request, seed: 4 });
  poisoned.add((await until(poison, 'accepted')).generationId);
  const neighbours = Array.from({ length: 6 }, () => all(generated(client, request)));
  const failed = await until(poison, 'failed');
  assert.deepEqual([failed.code, failed.reason], ['internal', 'POISON']);
  await assert.rejects(poison.next(), { code: 'internal', reason: 'POISON' });
  for (const events of await Promise.all(neighbours)) {
    assert.equal(receiptsOf(events)[0]?.latentSha256, expected);
  }
  const ofPoison = denoisers.flatMap(({ calls }) => calls).filter(({ generationId }) => poisoned.has(generationId));
  // Once in company, which does not count, and three times alone.
  assert.deepEqual(ofPoison.map(({ order }) => order?.alone).sort(), [false, true, true, true]);
  assert.ok(before > 0);
  const { workers } = await asked(client, 'getClusterStatus', {});
  assert.equal(
    workers.filter(({ state, stage }) => stage === 'STAGE_DENOISER' && state === 'WORKER_STATE_READY').length,
    2,
  );
});

test('what was at a lost denoiser runs alone once, and then in company again', async (t) => {
  const reached = deferred();
  const denoiser = await startFakeDenoiser(t, {
    workerId: 'lost',
    beforeAnswer: async (n) => {
      if (n < 1) return;
      reached.resolve();
      await new Promise(() => {});
    },
  });
  const other = await startFakeDenoiser(t, { workerId: 'other', evaluationMs: 50 });
  const workers = [await startFakeTextEncoder(t), denoiser, other, await startFakeDecoder(t)];
  const { client, gateway } = await startTestGateway(t, workers);
  while (gateway.workers.links.some(({ state }) => state !== 'ready'))
    await gateway.workers.changed(AbortSignal.timeout(5_000));
  const events = all(generated(client, request));
  await reached.promise;
  denoiser.kill();
  receiptsOf(await events);
  const alone = other.calls.map(({ order }) => order?.alone);
  assert.equal(alone[0], true);
  assert.ok(alone.slice(1).every((flag) => flag === false));
});
