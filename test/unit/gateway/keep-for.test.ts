import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { WATCH_TIMES, type WatchTimes } from '@tessera/gateway';
import { createMemoryBus } from '@tessera/runtime';
import { deferred } from '../../support/deferred.js';
import { isOn } from '../../support/protections.js';
import { startFakeDecoder, startFakeDenoiser, startFakeTextEncoder } from './fake-workers.js';
import { all, asked, generated, startTestGateway, type TestGateway, until, watched } from './test-gateway.js';

/** Two gateways over one Bus and the same workers, whose denoiser waits until it is let go. */
async function twoGateways(t: TestContext, watchTimes: WatchTimes = WATCH_TIMES) {
  const letGo = deferred();
  const reached = deferred();
  const denoiser = await startFakeDenoiser(t, {
    beforeAnswer: () => {
      reached.resolve();
      return letGo.promise;
    },
  });
  const workers = [await startFakeTextEncoder(t), denoiser, await startFakeDecoder(t)];
  const bus = createMemoryBus();
  const protections = { countsAllGateways: isOn('keep-for-counts-all-gateways') };
  const options = { bus, watchTimes, protections };
  const running = await startTestGateway(t, workers, { ...options, gatewayId: 'running' });
  const watching = await startTestGateway(t, workers, { ...options, gatewayId: 'watching' });
  t.after(() => bus.close());
  return { running, watching, reached: reached.promise, letGo: letGo.resolve };
}

const request = { prompt: 'a', steps: 2 };

/** Begins on one gateway and is watched on both; the events are those that each watcher has still to come. */
async function watchedOnBoth({ running, watching, reached }: Awaited<ReturnType<typeof twoGateways>>) {
  const here = generated(running.client, request);
  const { generationId } = await until(here, 'started');
  await reached;
  const there = watched(watching.client, { generationId });
  await until(there, 'started');
  return { generationId, here, there };
}

/** Its ending, heard in the log: asking for that is no watching. */
async function endOf({ gateway }: TestGateway, generationId: string) {
  const record = await gateway.log.read(generationId);
  assert.ok(record);
  if (record.terminal !== undefined) return record.terminal.type;
  for await (const { record: next } of gateway.log.follow(record, AbortSignal.timeout(5_000))) {
    if (next.terminal !== undefined) return next.terminal.type;
  }
  return 'none';
}

test('a generation that is watched on another gateway goes on when its own last watcher leaves', async (t) => {
  const cluster = await twoGateways(t);
  const { here, there, generationId } = await watchedOnBoth(cluster);
  await here.return();
  // The leaving has been seen once a call behind it on the same connection is answered.
  await asked(cluster.running.client, 'getGeneration', { generationId });
  cluster.letGo();
  assert.equal((await all(there)).at(-1)?.type, 'completed');
});

test('it is cancelled once the last watcher on the other gateway has left', async (t) => {
  const cluster = await twoGateways(t);
  const { here, there, generationId } = await watchedOnBoth(cluster);
  await here.return();
  await asked(cluster.running.client, 'getGeneration', { generationId });
  await there.return();
  assert.equal(await endOf(cluster.running, generationId), 'cancelled');
});

test('who leaves before the others have come does not count twice', async (t) => {
  const cluster = await twoGateways(t);
  const { here, there, generationId } = await watchedOnBoth(cluster);
  await there.return();
  await asked(cluster.watching.client, 'getGeneration', { generationId });
  cluster.letGo();
  assert.equal((await all(here)).at(-1)?.type, 'completed');
});

test('a gateway that repeats itself goes on watching; when it falls silent, its watchers get time to come back', async (t) => {
  const times = { beatMs: 20, unseenWaitMs: 300 };
  const cluster = await twoGateways(t, times);
  const { here, there, generationId } = await watchedOnBoth(cluster);
  await here.return();
  // Many more beats than may be missed, all heard.
  await new Promise((resolve) => setTimeout(resolve, 10 * times.beatMs));
  assert.equal((await cluster.running.gateway.log.read(generationId))?.terminal, undefined);
  const silentMs = performance.now();
  await cluster.watching.gateway.stop();
  await assert.rejects(all(there), { reason: 'RESUME' });
  assert.equal(await endOf(cluster.running, generationId), 'cancelled');
  // Node's timers may run a millisecond early.
  assert.ok(performance.now() - silentMs >= times.unseenWaitMs - 1);
});

test('a watcher that comes back in time keeps the generation', async (t) => {
  const cluster = await twoGateways(t, { beatMs: 20, unseenWaitMs: 60_000 });
  const { here, there, generationId } = await watchedOnBoth(cluster);
  await here.return();
  await cluster.watching.gateway.stop();
  await assert.rejects(all(there), { reason: 'RESUME' });
  const back = watched(cluster.running.client, { generationId });
  await until(back, 'started');
  cluster.letGo();
  assert.equal((await all(back)).at(-1)?.type, 'completed');
});
