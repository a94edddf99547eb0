import assert from 'node:assert/strict';
import { test } from 'node:test';
import { status } from '@grpc/grpc-js';
import { TesseraError } from '@tessera/core';
import type { GenerateRequest } from '@tessera/proto';
import { deferred } from '../../support/deferred.js';
import { startFakeDecoder, startFakeDenoiser, startFakeTextEncoder } from './fake-workers.js';
import { all, asked, generated, startTestGateway, until, watched } from './test-gateway.js';

const BAD: readonly (readonly [GenerateRequest, string])[] = [
  [{ width: 0 }, 'width'],
  [{ width: -1 }, 'width'],
  [{ width: 7 }, 'width'],
  [{ height: 2 ** 31 }, 'height'],
  [{ height: '9223372036854775807' }, 'height'],
  [{ steps: 0 }, 'steps'],
  [{ steps: 1e9 }, 'steps'],
  [{ guidanceScale: Number.NaN }, 'guidance_scale'],
  [{ guidanceScale: Number.POSITIVE_INFINITY }, 'guidance_scale'],
  [{ prompt: 'x'.repeat(1024 * 1024) }, 'prompt'],
  [{ scheduler: 'magic' }, 'scheduler'],
  [{ scheduler: '' }, 'scheduler'],
  [{ model: 'unknown' }, 'model'],
  [{ count: 17 }, 'count'],
  [{ eta: -0.1 }, 'eta'],
  [{ priority: 10 }, 'priority'],
  [{ preview: { everySteps: 0 } }, 'preview.every_steps'],
  [{ preview: { everySteps: 1, maxEdge: 1 } }, 'preview.max_edge'],
  [{ output: { format: 77 as never } }, 'output.format'],
  [{ keepFor: { seconds: -1 } }, 'keep_for'],
  [{ timeLimit: { seconds: 0 } }, 'time_limit'],
];

test('a bad value is refused by its field, and no worker hears of it', async (t) => {
  const [encoder, denoiser, decoder] = [
    await startFakeTextEncoder(t),
    await startFakeDenoiser(t),
    await startFakeDecoder(t),
  ];
  const { client } = await startTestGateway(t, [encoder, denoiser, decoder]);
  for (const [bad, field] of BAD) {
    await assert.rejects(all(generated(client, { prompt: 'a', ...bad })), (error) => {
      assert.ok(error instanceof TesseraError, String(error));
      assert.deepEqual([error.code, error.field], ['invalid_argument', field], error.message);
      return true;
    });
  }
  await assert.rejects(all(generated(client, {})), { code: 'invalid_argument', field: 'prompt' });
  assert.deepEqual([encoder.prompts.length, denoiser.calls.length, decoder.decodes()], [0, 0, 0]);
  assert.deepEqual((await asked(client, 'listGenerations', {})).generations, []);
});

test('an unknown id is not found, by every method', async (t) => {
  const { client } = await startTestGateway(t, [], { waitUntilReady: false });
  const notFound = { code: 'not_found' };
  for (const generationId of ['', 'unknown', 'no.such*id', '../../etc/passwd']) {
    await assert.rejects(all(watched(client, { generationId })), notFound);
    await assert.rejects(asked(client, 'cancel', { generationId }), notFound);
    await assert.rejects(asked(client, 'getGeneration', { generationId }), notFound);
    await assert.rejects(asked(client, 'deleteGeneration', { generationId }), notFound);
    const download = client.downloadImage({ generationId, imageId: '1-0' });
    await assert.rejects(download[Symbol.asyncIterator]().next(), { code: status.NOT_FOUND });
  }
});

test('beyond the queue a request is refused with the time to come back, and the next place is given later', async (t) => {
  const letGo = deferred();
  const denoiser = await startFakeDenoiser(t, { beforeAnswer: () => letGo.promise });
  const workers = [await startFakeTextEncoder(t), denoiser, await startFakeDecoder(t)];
  const { client } = await startTestGateway(t, workers, {
    queueBounds: { maxQueuedMs: 600_000, maxQueued: 1, maxRunningBytes: 1 << 30 },
  });
  const request = { prompt: 'a', steps: 2 };
  // One denoiser: two run at once, one waits.
  const running = [generated(client, request), generated(client, request)];
  await Promise.all(running.map((events) => until(events, 'started')));
  const waiting = generated(client, request);
  const queued = await until(waiting, 'queued');
  assert.equal(queued.position, 1);
  assert.ok(queued.remainingMs > 0);
  await assert.rejects(all(generated(client, request)), (error) => {
    assert.ok(error instanceof TesseraError);
    assert.equal(error.code, 'resource_exhausted');
    assert.ok((error.retryAfterMs ?? 0) > 0);
    return true;
  });
  const { gateways } = await asked(client, 'getClusterStatus', {});
  assert.deepEqual([gateways[0]?.running, gateways[0]?.queued, gateways[0]?.pid], [2, 1, process.pid]);
  letGo.resolve();
  for (const events of [...running, waiting]) await until(events, 'completed');
});
