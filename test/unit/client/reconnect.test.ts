import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { connect } from '@tessera/client';
import { TesseraError } from '@tessera/core';
import type { GenerateRequest__Output, WatchRequest__Output } from '@tessera/proto';
import {
  accepted,
  cancelled,
  collect,
  progress,
  started,
  startFakeGenerationService,
  told,
} from './fake-generation-service.js';

const reconnect = { attempts: 20, initialDelayMs: 5, maxDelayMs: 50 };

test('a gateway that goes down with RESUME: Watch goes on after the last event and step, nothing twice', async () => {
  const watches: WatchRequest__Output[] = [];
  const service = await startFakeGenerationService({
    async *generate() {
      yield accepted;
      yield started;
      yield progress(0);
      yield progress(1);
      throw new TesseraError('unavailable', 'going down', { reason: 'RESUME' });
    },
    async *watch(request) {
      watches.push(request);
      // An overlap that a correct client must not hand on.
      yield started;
      yield progress(1);
      yield progress(2);
      yield cancelled(3);
    },
  });
  const client = connect({ address: service.address, reconnect });
  try {
    const events = told(await collect(client.generate({ prompt: 'x' })));
    assert.deepEqual(events, ['accepted', 'started', 'progress 0', 'progress 1', 'progress 2', 'cancelled']);
    assert.equal(watches.length, 1);
    assert.equal(watches[0]?.generationId, 'g-1');
    assert.equal(watches[0]?.afterSequence, '2');
    assert.equal(watches[0]?.afterStep, '1');
  } finally {
    client.close();
    service.close();
  }
});

test('steps after a restart are told again', async () => {
  const service = await startFakeGenerationService({
    async *generate() {
      yield accepted;
      yield started;
      yield progress(0);
      yield progress(1);
      yield { type: 'restarted', imageIndex: 0, stepIndex: 0, reason: 'worker lost', sequence: 3 };
      yield progress(0);
      yield { ...cancelled(1), sequence: 4 };
    },
  });
  const client = connect({ address: service.address, reconnect });
  try {
    assert.deepEqual(told(await collect(client.generate({ prompt: 'x' }))), [
      ...['accepted', 'started', 'progress 0', 'progress 1', 'restarted', 'progress 0', 'cancelled'],
    ]);
  } finally {
    client.close();
    service.close();
  }
});

test('a connection cut in mid-stream comes back on the same address', async () => {
  const first = await startFakeGenerationService({
    async *generate(_request, signal) {
      yield accepted;
      yield started;
      yield progress(0);
      await once(signal, 'abort');
    },
  });
  const client = connect({ address: first.address, reconnect });
  let second: Awaited<ReturnType<typeof startFakeGenerationService>> | undefined;
  const events: string[] = [];
  try {
    for await (const event of client.generate({ prompt: 'x' })) {
      events.push(...told([event]));
      if (event.type === 'progress' && event.stepIndex === 0) {
        first.cutConnections();
        const port = Number(first.address.split(':')[1]);
        second = await startFakeGenerationService(
          {
            async *watch() {
              yield progress(1);
              yield cancelled(2);
            },
          },
          port,
        );
      }
    }
    assert.deepEqual(events, ['accepted', 'started', 'progress 0', 'progress 1', 'cancelled']);
  } finally {
    client.close();
    first.close();
    second?.close();
  }
});

test('a generation that its gateway took along is told as lost, not as unknown', async () => {
  const service = await startFakeGenerationService({
    async *generate() {
      yield accepted;
      throw new TesseraError('unavailable', 'going down', { reason: 'RESUME' });
    },
    // biome-ignore lint/correctness/useYield: it knows nothing to tell.
    async *watch() {
      throw new TesseraError('not_found', 'there is no generation "g-1"');
    },
  });
  const client = connect({ address: service.address, reconnect });
  try {
    await assert.rejects(collect(client.generate({ prompt: 'x' })), { code: 'internal', reason: 'LOST' });
    await assert.rejects(collect(client.watch('g-1')), { code: 'not_found' });
  } finally {
    client.close();
    service.close();
  }
});

test('a request whose answer was lost is sent again with the same idempotency key and 15 s of keep_for', async () => {
  const requests: GenerateRequest__Output[] = [];
  const service = await startFakeGenerationService({
    async *generate(request) {
      requests.push(request);
      if (requests.length < 3) throw new TesseraError('unavailable', 'no worker yet');
      yield accepted;
      yield { ...cancelled(0), sequence: 2 };
    },
  });
  const client = connect({ address: service.address, reconnect });
  try {
    await collect(client.generate({ prompt: 'x' }));
    assert.equal(requests.length, 3);
    assert.equal(new Set(requests.map(({ idempotencyKey }) => idempotencyKey)).size, 1);
    assert.match(requests[0]?.idempotencyKey ?? '', /^[0-9a-f-]{36}$/);
    assert.deepEqual(requests[0]?.keepFor, { seconds: '15', nanos: 0 });
  } finally {
    client.close();
    service.close();
  }
});

test('reconnects are bounded: the last failure reaches the caller', async () => {
  let calls = 0;
  const service = await startFakeGenerationService({
    // biome-ignore lint/correctness/useYield: it fails before it has anything to say.
    async *generate() {
      calls += 1;
      throw new TesseraError('unavailable', 'no worker');
    },
  });
  const client = connect({ address: service.address, reconnect: { attempts: 2, initialDelayMs: 1, maxDelayMs: 2 } });
  try {
    await assert.rejects(collect(client.generate({ prompt: 'x' })), { code: 'unavailable', message: 'no worker' });
    assert.equal(calls, 3);
  } finally {
    client.close();
    service.close();
  }
});

test('a refusal is not tried again', async () => {
  let calls = 0;
  const service = await startFakeGenerationService({
    // biome-ignore lint/correctness/useYield: it refuses before it has anything to say.
    async *generate() {
      calls += 1;
      throw new TesseraError('invalid_argument', 'steps must be from 1 to 1000; got 0', { field: 'steps' });
    },
  });
  const client = connect({ address: service.address, reconnect });
  try {
    await assert.rejects(collect(client.generate({ steps: 0 })), { code: 'invalid_argument', field: 'steps' });
    assert.equal(calls, 1);
  } finally {
    client.close();
    service.close();
  }
});
