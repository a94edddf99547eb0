import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { startFakeDecoder, startFakeDenoiser, startFakeTextEncoder } from './fake-workers.js';
import { all, generated, receiptsOf, startTestGateway, watched } from './test-gateway.js';

const request = { prompt: 'a red apple', seed: 7, steps: 4, preview: { everySteps: 1 } };

test('a generation is accepted, started, steps with previews, and completes with image and receipt', async (t) => {
  const [encoder, denoiser, decoder] = [
    await startFakeTextEncoder(t),
    await startFakeDenoiser(t),
    await startFakeDecoder(t),
  ];
  const { client } = await startTestGateway(t, [encoder, denoiser, decoder]);
  const events = await all(generated(client, request));

  const durable = events.filter(({ type }) => !['queued', 'progress', 'preview'].includes(type));
  assert.deepEqual(
    durable.map(({ type, sequence }) => [sequence, type]),
    [
      [1, 'accepted'],
      [2, 'started'],
      [3, 'completed'],
    ],
  );
  const accepted = events[0];
  assert.ok(accepted?.type === 'accepted');
  assert.equal(accepted.plan.evaluations, 8);
  assert.equal(accepted.plan.seed, '7');
  const progress = events.flatMap((event) => (event.type === 'progress' ? [event.stepIndex] : []));
  assert.deepEqual(progress, [...new Set(progress)].sort());
  assert.equal(progress.at(-1), 3);
  const previews = events.flatMap((event) => (event.type === 'preview' ? [event] : []));
  assert.equal(previews.length + (previews.at(-1)?.superseded ?? 0), 4);
  assert.equal(previews.at(-1)?.stepIndex, 3);
  assert.ok((previews[0]?.image.data?.length ?? 0) > 0);

  const [receipt] = receiptsOf(events);
  assert.equal(receipt?.prompt, 'a red apple');
  assert.equal(receipt?.numericClass, 'class-a');
  assert.deepEqual(
    receipt?.timings.map(({ stage }) => stage),
    ['encode', 'denoise', 'decode', 'image_encoding', 'total'],
  );
  const last = events.at(-1);
  assert.ok(last?.type === 'completed');
  const { data, fileSha256, sizeBytes } = last.images[0]?.image ?? {};
  assert.equal(
    createHash('sha256')
      .update(data ?? '')
      .digest('hex'),
    fileSha256,
  );
  assert.equal(data?.length, sizeBytes);

  // Both halves of guidance are one call, and conditioning goes up once.
  assert.deepEqual(
    denoiser.calls.map(({ conditionings }) => conditionings),
    [2, 2, 2, 2],
  );
  assert.equal(denoiser.uploads.length, 2);
  assert.deepEqual(encoder.prompts, ['', 'a red apple']);
});

test('equal requests give equal images, and the second finds its prompts in the cache', async (t) => {
  const [encoder, denoiser, decoder] = [
    await startFakeTextEncoder(t),
    await startFakeDenoiser(t),
    await startFakeDecoder(t),
  ];
  const { client } = await startTestGateway(t, [encoder, denoiser, decoder]);
  const [first] = receiptsOf(await all(generated(client, request)));
  const [second] = receiptsOf(await all(generated(client, request)));
  const [other] = receiptsOf(await all(generated(client, { ...request, seed: 8 })));
  assert.equal(second?.latentSha256, first?.latentSha256);
  assert.equal(second?.imageSha256, first?.imageSha256);
  assert.notEqual(other?.latentSha256, first?.latentSha256);
  assert.deepEqual(
    first?.cache.map(({ hit }) => hit),
    [false, false],
  );
  assert.deepEqual(
    second?.cache.map(({ hit }) => hit),
    [true, true],
  );
  assert.equal(encoder.prompts.length, 2);
});

test('each of several images is what it would be alone, and is told as soon as it is finished', async (t) => {
  const workers = [await startFakeTextEncoder(t), await startFakeDenoiser(t), await startFakeDecoder(t)];
  const { client } = await startTestGateway(t, workers);
  const events = await all(generated(client, { ...request, count: 3 }));
  const together = receiptsOf(events);
  const regions = events.flatMap((event) => (event.type === 'region' ? [event] : []));
  assert.deepEqual(regions.map(({ imageIndex }) => imageIndex).sort(), [0, 1, 2]);
  assert.ok(regions.every(({ image }) => image.data !== undefined));
  assert.deepEqual(
    together.map(({ imageIndex, seed }) => [imageIndex, seed]),
    [
      [0, '7'],
      [1, '8'],
      [2, '9'],
    ],
  );
  for (const [index, receipt] of together.entries()) {
    const [alone] = receiptsOf(await all(generated(client, { ...request, seed: 7 + index })));
    assert.equal(receipt.imageSha256, alone?.imageSha256);
  }
});

test('a watcher later gets every durable event again, from where it says', async (t) => {
  const workers = [await startFakeTextEncoder(t), await startFakeDenoiser(t), await startFakeDecoder(t)];
  const { client } = await startTestGateway(t, workers);
  const events = await all(generated(client, { ...request, count: 2 }));
  const durable = events.filter(({ type }) => !['queued', 'progress', 'preview'].includes(type));
  const generationId = events[0]?.generationId ?? '';
  assert.deepEqual(await all(watched(client, { generationId })), durable);
  assert.deepEqual(await all(watched(client, { generationId, afterSequence: 2 })), durable.slice(2));
  assert.deepEqual(await all(watched(client, { generationId, afterSequence: durable.length })), []);
});

test('sixteen images before a dozen watchers leave no listener behind', async (t) => {
  const warnings: string[] = [];
  const heard = (warning: Error) => warnings.push(warning.message);
  process.on('warning', heard);
  t.after(() => process.off('warning', heard));
  const workers = [await startFakeTextEncoder(t), await startFakeDenoiser(t), await startFakeDecoder(t)];
  const { client } = await startTestGateway(t, workers);
  const many = { ...request, count: 16, idempotencyKey: 'shared' };
  const streams = await Promise.all(Array.from({ length: 12 }, () => all(generated(client, many))));
  for (const events of streams) assert.equal(receiptsOf(events).length, 16);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(warnings, []);
});
