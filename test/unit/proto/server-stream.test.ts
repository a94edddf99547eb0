import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { type StatusObject, status } from '@grpc/grpc-js';
import { TesseraError } from '@tessera/core';
import { callStream, serverStream, tesseraV1 } from '@tessera/proto';
import { deferred } from '../../support/deferred.js';
import { eventually } from '../../support/processes.js';
import { served } from '../../support/served.js';

const noFaults = (thrown: unknown) => assert.fail(`reported as a fault: ${thrown}`);
const messageOf = (offset: number, bytes = 0) => ({ offset, data: Buffer.alloc(bytes) });

/** Counts up for ever, and tells how far it came and when its `finally` ran. */
function countingMethod(bytesEach = 0) {
  const ended = deferred();
  const count = { yielded: 0 };
  const method = serverStream(async function* () {
    try {
      for (;;) {
        count.yielded += 1;
        yield messageOf(count.yielded, bytesEach);
      }
    } finally {
      ended.resolve();
    }
  }, noFaults);
  return { method, count, ended: ended.promise };
}

test('a generator that throws ends the stream with its status, after what it had yielded', async (t) => {
  const downloadImage = serverStream(async function* () {
    yield messageOf(1);
    yield messageOf(2);
    throw new TesseraError('not_found', 'no such image', { field: 'image_id' });
  }, noFaults);
  const client = await served(t, tesseraV1.GenerationService, { downloadImage });
  const seen: string[] = [];
  await assert.rejects(
    async () => {
      for await (const { offset } of callStream(client.downloadImage({}))) seen.push(String(offset));
    },
    { code: 'not_found', message: 'no such image', field: 'image_id' },
  );
  assert.deepEqual(seen, ['1', '2']);
});

test('a generator that throws before its first message ends the stream with its status', async (t) => {
  const failing = serverStream<unknown, unknown>(() => {
    throw new TesseraError('unavailable', 'no worker', { retryAfterMs: 1000 });
  }, noFaults);
  const client = await served(t, tesseraV1.GenerationService, { downloadImage: failing });
  const stream = callStream(client.downloadImage({}));
  await assert.rejects(stream.next(), { code: 'unavailable', retryAfterMs: 1000 });
});

test("leaving the loop runs the server generator's finally", async (t) => {
  const { method, ended } = countingMethod();
  const client = await served(t, tesseraV1.GenerationService, { downloadImage: method });
  for await (const { offset } of callStream(client.downloadImage({}))) {
    if (Number(offset) === 3) break;
  }
  await ended;
});

test('aborting the signal ends both sides, with its reason', async (t) => {
  const { method, ended } = countingMethod();
  const client = await served(t, tesseraV1.GenerationService, { downloadImage: method });
  const caller = new AbortController();
  const reason = new Error('enough');
  const reading = async () => {
    for await (const _ of callStream(client.downloadImage({}), caller.signal)) caller.abort(reason);
  };
  await assert.rejects(reading(), reason);
  await ended;
});

test('a generator that waits hears of the client leaving by its signal', async (t) => {
  const left = deferred();
  const downloadImage = serverStream(async function* (_request, signal) {
    yield messageOf(1);
    await once(signal, 'abort');
    left.resolve();
  }, noFaults);
  const client = await served(t, tesseraV1.GenerationService, { downloadImage });
  for await (const _ of callStream(client.downloadImage({}))) break;
  await left.promise;
});

test('a stream that nobody reads holds its generator back, and goes on when it is read', async (t) => {
  const { method, count } = countingMethod(256 * 1024);
  const client = await served(t, tesseraV1.GenerationService, { downloadImage: method });
  const stream = callStream(client.downloadImage({}));
  await stream.next();
  // The client's 8 MiB window, its 16 messages of read-ahead and the server's 16 queued ones, at 256 KiB each: 64,
  // and room for what sockets hold (a few MiB).
  const bound = 96;
  let before = -1;
  await eventually(() => {
    const stood = count.yielded === before;
    before = count.yielded;
    return stood;
  }, 5_000);
  assert.ok(count.yielded < bound, `${count.yielded} messages were made for a client that reads nothing`);

  let last = 1;
  for await (const { offset } of stream) {
    assert.equal(Number(offset), last + 1);
    last += 1;
    if (last === 2 * bound) break;
  }
});

test('a call whose stream is never read fails without ending the process', async (t) => {
  const { method } = countingMethod();
  const client = await served(t, tesseraV1.GenerationService, { downloadImage: method });
  const call = client.downloadImage({});
  const ended = new Promise<StatusObject>((resolve) => call.once('status', resolve));
  callStream(call);
  call.cancel();
  call.resume();
  assert.equal((await ended).code, status.CANCELLED);
});
