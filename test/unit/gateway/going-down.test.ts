import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TesseraError } from '@tessera/core';
import { deferred } from '../../support/deferred.js';
import { startFakeDecoder, startFakeDenoiser, startFakeTextEncoder } from './fake-workers.js';
import { all, generated, startTestGateway, until } from './test-gateway.js';

const request = { prompt: 'a', steps: 2 };

test('a gateway that goes down takes nothing new, and lets what runs come to its end', async (t) => {
  const letGo = deferred();
  const reached = deferred();
  const denoiser = await startFakeDenoiser(t, {
    beforeAnswer: () => {
      reached.resolve();
      return letGo.promise;
    },
  });
  const workers = [await startFakeTextEncoder(t), denoiser, await startFakeDecoder(t)];
  const { client, gateway } = await startTestGateway(t, workers);
  const events = generated(client, request);
  await until(events, 'started');
  await reached.promise;
  const drained = gateway.drain(10_000);
  await assert.rejects(all(generated(client, request)), { code: 'unavailable' });
  letGo.resolve();
  assert.equal((await until(events, 'completed')).images.length, 1);
  await drained;
});

test('what does not end in time goes on elsewhere: its stream says where to resume, and it has no ending', async (t) => {
  const never = deferred();
  t.after(() => never.resolve());
  const denoiser = await startFakeDenoiser(t, { beforeAnswer: () => never.promise });
  const workers = [await startFakeTextEncoder(t), denoiser, await startFakeDecoder(t)];
  const { client, gateway } = await startTestGateway(t, workers);
  const events = generated(client, request);
  const { generationId, sequence } = await until(events, 'started');
  await gateway.drain(10);
  await assert.rejects(all(events), (error) => {
    assert.ok(error instanceof TesseraError);
    assert.deepEqual([error.code, error.reason], ['unavailable', 'RESUME']);
    assert.deepEqual(error.reasonMetadata, { generation_id: generationId, sequence: String(sequence) });
    return true;
  });
  assert.equal((await gateway.log.read(generationId))?.terminal, undefined);
});

test('while nothing happens a stream still says something, without repeating a step', async (t) => {
  const letGo = deferred();
  const denoiser = await startFakeDenoiser(t, { beforeAnswer: (n) => (n === 1 ? letGo.promise : Promise.resolve()) });
  const workers = [await startFakeTextEncoder(t), denoiser, await startFakeDecoder(t)];
  const { client } = await startTestGateway(t, workers, { heartbeatMs: 20 });
  const events = generated(client, request);
  await until(events, 'progress');
  const idle = await until(events, 'queued');
  assert.equal(idle.position, 0);
  await until(events, 'queued');
  letGo.resolve();
  assert.equal((await until(events, 'progress')).stepIndex, 1);
  await until(events, 'completed');
});
