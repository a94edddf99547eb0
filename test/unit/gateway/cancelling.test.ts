import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TesseraError } from '@tessera/core';
import { type Deferred, deferred } from '../../support/deferred.js';
import { eventually } from '../../support/processes.js';
import { isOn } from '../../support/protections.js';
import { type FakeDenoiser, startFakeDecoder, startFakeDenoiser, startFakeTextEncoder } from './fake-workers.js';
import { all, asked, generated, startTestGateway, type TestGateway, until, watched } from './test-gateway.js';

/** A cluster whose denoiser stands still in its second call until it is let go. */
async function stalled(t: Parameters<typeof startTestGateway>[0]) {
  const reached = deferred();
  const letGo: Deferred<void> = deferred();
  const denoiser = await startFakeDenoiser(t, {
    beforeAnswer: async (n) => {
      if (n !== 1) return;
      reached.resolve();
      await letGo.promise;
    },
  });
  const workers = [await startFakeTextEncoder(t), denoiser, await startFakeDecoder(t)];
  const gateway = await startTestGateway(t, workers, {
    protections: { withdrawsCalls: isOn('cancel-withdraws-calls') },
  });
  return { ...gateway, denoiser, reached: reached.promise, letGo: letGo.resolve };
}

const request = { prompt: 'a red apple', seed: 7, steps: 6 };

const cancel = ({ client }: TestGateway, generationId: string) => asked(client, 'cancel', { generationId });

async function stateOf({ client }: TestGateway, generationId: string) {
  const { generation } = await asked(client, 'getGeneration', { generationId });
  return generation?.state;
}

/** After this, a further call would long have begun: one whole generation has passed. */
async function oneGenerationLater({ client }: TestGateway, denoiser: FakeDenoiser) {
  const before = denoiser.calls.length;
  await all(generated(client, request));
  return denoiser.calls.length - before;
}

test('Cancel stops a generation: no further call begins, its stream ends well with cancelled', async (t) => {
  const cluster = await stalled(t);
  const events = generated(cluster.client, request);
  const { generationId } = await until(events, 'accepted');
  await cluster.reached;
  const { state } = await cancel(cluster, generationId);
  assert.equal(state, 'GENERATION_STATE_CANCELLED');
  cluster.letGo();
  const { stepIndex } = await until(events, 'cancelled');
  assert.equal(stepIndex, 1);
  assert.equal((await events.next()).done, true);
  assert.deepEqual(cluster.denoiser.cancels, ['2']);
  assert.equal(await oneGenerationLater(cluster, cluster.denoiser), 6);
  assert.equal(cluster.denoiser.calls.filter((call) => call.generationId === generationId).length, 2);
  assert.equal((await cancel(cluster, generationId)).state, 'GENERATION_STATE_CANCELLED');
});

test('a client that leaves stops its generation when it is not to be kept', async (t) => {
  const cluster = await stalled(t);
  const controller = new AbortController();
  const events = generated(cluster.client, request, controller.signal);
  const { generationId } = await until(events, 'accepted');
  await cluster.reached;
  controller.abort(new TesseraError('cancelled', 'left'));
  await assert.rejects(all(events));
  // The second watcher may come after the ending or before it; both see it.
  const ending = await all(watched(cluster.client, { generationId, afterSequence: 2 }));
  assert.deepEqual(
    ending.map(({ type }) => type),
    ['cancelled'],
  );
  cluster.letGo();
  await oneGenerationLater(cluster, cluster.denoiser);
  assert.equal(cluster.denoiser.calls.filter((call) => call.generationId === generationId).length, 2);
});

test('with keep_for the generation goes on for another watcher', async (t) => {
  const cluster = await stalled(t);
  const events = generated(cluster.client, { ...request, keepFor: { seconds: 60 } });
  const { generationId } = await until(events, 'accepted');
  await cluster.reached;
  await events.return();
  const later = watched(cluster.client, { generationId, afterSequence: 2 });
  cluster.letGo();
  const seen = await all(later);
  assert.equal(seen.at(-1)?.type, 'completed');
});

test('when keep_for is over and nobody watches, the generation is stopped', async (t) => {
  const cluster = await stalled(t);
  const events = generated(cluster.client, { ...request, keepFor: { seconds: 0, nanos: 20_000_000 } });
  const { generationId } = await until(events, 'accepted');
  await cluster.reached;
  await events.return();
  // Asking for the record does not count as watching.
  const cancelled = async () => (await stateOf(cluster, generationId)) === 'GENERATION_STATE_CANCELLED';
  assert.ok(await eventually(cancelled, 5_000));
});

test('time_limit ends a generation as failed, and the stream with its status', async (t) => {
  const cluster = await stalled(t);
  const events = generated(cluster.client, { ...request, timeLimit: { seconds: 1 } });
  await until(events, 'started');
  await cluster.reached;
  const failed = await until(events, 'failed');
  assert.equal(failed.code, 'deadline_exceeded');
  await assert.rejects(events.next(), (error) => error instanceof TesseraError && error.code === 'deadline_exceeded');
  cluster.letGo();
  await oneGenerationLater(cluster, cluster.denoiser);
  assert.equal(cluster.denoiser.calls.filter((call) => call.generationId === failed.generationId).length, 2);
});

test('an RPC deadline ends only its stream', async (t) => {
  const cluster = await stalled(t);
  const deadline = Date.now() + 300;
  const call = cluster.client.generate({ ...request, keepFor: { seconds: 60 } }, { deadline });
  const ids: string[] = [];
  await assert.rejects(
    async () => {
      for await (const { event } of call) ids.push(event?.generationId ?? '');
    },
    (error) => (error as { code?: number }).code === 4,
  );
  cluster.letGo();
  const seen = await all(watched(cluster.client, { generationId: ids[0] ?? '' }));
  assert.equal(seen.at(-1)?.type, 'completed');
});

test('a generation that is cancelled while it waits for a decoder is not decoded', async (t) => {
  const decoder = await startFakeDecoder(t);
  const denoiser = await startFakeDenoiser(t);
  const workers = [await startFakeTextEncoder(t), denoiser, decoder];
  const cluster = await startTestGateway(t, workers, { protections: { skipsDecode: isOn('cancel-skips-decode') } });
  decoder.kill();
  const isLost = () => cluster.gateway.workers.links.some(({ state }) => state === 'lost');
  assert.ok(await eventually(isLost, 5_000));
  const events = generated(cluster.client, request);
  for (let done = false; !done; ) done = (await until(events, 'progress')).stepIndex === request.steps - 1;
  const [running] = (await asked(cluster.client, 'listGenerations', {})).generations;
  assert.ok(cluster.gateway.runs.cancel(running?.generationId ?? '', 'cancelled by the test'));
  const another = await startFakeDecoder(t, { listen: decoder.address });
  await oneGenerationLater(cluster, denoiser);
  assert.equal(another.decodes(), 1);
});
