import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type GenerationEvent, TesseraError } from '@tessera/core';
import { type Bus, createMemoryBus } from '@tessera/runtime';
import { isOn } from '../../support/protections.js';
import { startFakeDecoder, startFakeDenoiser, startFakeTextEncoder } from './fake-workers.js';
import { all, asked, generated, receiptsOf, startTestGateway } from './test-gateway.js';
import { startTwoGateways } from './two-gateways.js';

/** A Bus that stores no log. */
function forgetfulBus(): Bus {
  const bus = createMemoryBus();
  const append = async () => {
    throw new TesseraError('unavailable', 'the Bus is away');
  };
  return {
    ...bus,
    logs: {
      append,
      read: (id, after) => bus.logs.read(id, after),
      follow: (id, after, signal) => bus.logs.follow(id, after, signal),
      followAll: (signal) => bus.logs.followAll(signal),
      delete: (id) => bus.logs.delete(id),
    },
  };
}

test('what was not stored is not accepted: the caller hears unavailable, and nothing of it runs', async (t) => {
  const denoiser = await startFakeDenoiser(t);
  const workers = [await startFakeTextEncoder(t), denoiser, await startFakeDecoder(t)];
  const protections = { storesBeforeAccepting: isOn('stored-before-accepted') };
  const { client } = await startTestGateway(t, workers, { bus: forgetfulBus(), protections });
  const seen: GenerationEvent[] = [];
  const events = generated(client, { prompt: 'a', steps: 2 }, AbortSignal.timeout(2_000));
  await assert.rejects(
    async () => {
      for await (const event of events) seen.push(event);
    },
    { code: 'unavailable' },
  );
  assert.deepEqual(seen, []);
  assert.equal(denoiser.calls.length, 0);
});

test('one idempotency key fifty times at once over two gateways is one execution with one answer', async (t) => {
  const denoiser = await startFakeDenoiser(t);
  const workers = [await startFakeTextEncoder(t), denoiser, await startFakeDecoder(t)];
  const { first, second } = await startTwoGateways(t, workers);
  const request = { prompt: 'a red apple', steps: 3, idempotencyKey: 'once' };
  const streams = await Promise.all(
    Array.from({ length: 50 }, (_, i) => all(generated((i % 2 === 0 ? first : second).client, request))),
  );
  const answers = streams.map((events) => {
    const durable = events.filter(({ type }) => type === 'accepted' || type === 'started' || type === 'completed');
    return JSON.stringify(durable.map(({ type, generationId, sequence }) => [type, generationId, sequence]));
  });
  assert.equal(new Set(answers).size, 1);
  assert.equal(new Set(streams.map((events) => JSON.stringify(receiptsOf(events)))).size, 1);
  assert.equal(denoiser.calls.length, 3);
  for (const { client } of [first, second]) {
    assert.equal((await asked(client, 'listGenerations', {})).generations.length, 1);
    await assert.rejects(all(generated(client, { ...request, prompt: 'a green apple' })), {
      code: 'invalid_argument',
      field: 'idempotency_key',
    });
  }
});
