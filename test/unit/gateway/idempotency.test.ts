import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFakeDecoder, startFakeDenoiser, startFakeTextEncoder } from './fake-workers.js';
import { all, asked, generated, startTestGateway } from './test-gateway.js';

const request = { prompt: 'a red apple', steps: 3, idempotencyKey: 'once' };

test('an idempotency key used again with an equal request watches the generation that it made', async (t) => {
  const denoiser = await startFakeDenoiser(t);
  const { client } = await startTestGateway(t, [await startFakeTextEncoder(t), denoiser, await startFakeDecoder(t)]);
  // At the same time, and afterwards; the seed is drawn, so only one of them can have decided it.
  const streams = await Promise.all([all(generated(client, request)), all(generated(client, request))]);
  streams.push(await all(generated(client, request)));
  const ids = new Set(streams.flat().map(({ generationId }) => generationId));
  assert.equal(ids.size, 1);
  for (const events of streams) {
    assert.equal(events[0]?.type, 'accepted');
    assert.equal(events.at(-1)?.type, 'completed');
  }
  assert.equal(denoiser.calls.length, 3);
  assert.equal((await asked(client, 'listGenerations', {})).generations.length, 1);
});

test('with another request the key is refused', async (t) => {
  const workers = [await startFakeTextEncoder(t), await startFakeDenoiser(t), await startFakeDecoder(t)];
  const { client } = await startTestGateway(t, workers);
  await all(generated(client, request));
  const refused = { code: 'invalid_argument', field: 'idempotency_key' };
  await assert.rejects(all(generated(client, { ...request, prompt: 'a green apple' })), refused);
  await assert.rejects(all(generated(client, { ...request, seed: 7 })), refused);
});
